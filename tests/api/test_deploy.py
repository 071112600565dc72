"""What of deploy/ can be held against the truth without containers (tests/cluster/test_balancer.py runs its nginx)."""
import re
import shutil
import subprocess

import pytest
import yaml

from support.server import ROOT, binary, environment, run, sanitized

DEPLOY = ROOT / "deploy"
EXPOSURE = 20  # tenths; systemd calls up to 1.9 "OK", a service without any of it has 9.6


def test_the_unit_is_one(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd here")
    unit = tmp_path / "handin.service"
    text = (DEPLOY / "handin.service").read_text(encoding="utf-8")
    assert text.count("/usr/local/bin/handin ") == 1
    unit.write_text(text.replace("/usr/local/bin/handin ", f"{binary()} "))
    for command in (["verify", "--man=no"], ["security", "--offline=true", f"--threshold={EXPOSURE}"]):
        done = subprocess.run(["systemd-analyze", *command, unit], capture_output=True, text=True,
                              timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert command[0] != "verify" or done.stderr == ""


def test_the_configuration_is_taken(tmp_path):
    text = (DEPLOY / "handin.toml").read_text(encoding="utf-8")
    everything = re.sub(r"(?m)^# (\w+ = )", r"\1", text)
    assert everything.count(" = ") == text.count(" = ")
    config = tmp_path / "handin.toml"
    config.write_text(everything)
    # A key or value that it does not know stops it sooner than a database that is not there.
    done = subprocess.run([binary(), "serve", "--config", config, "--data", tmp_path / "data",
                           "--database", "postgresql://nobody@127.0.0.1:1/none"],
                          env=environment(), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "--database" in done.stderr, done.stderr
    assert str(config) not in done.stderr


def test_the_image_has_every_library():
    """Each that the binary is linked with comes from a package that the last stage installs."""
    if not shutil.which("dpkg") or sanitized():
        pytest.skip("no Debian, or another binary than the image's")
    stage = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").rpartition("\nFROM ")[2]
    installed = set(re.findall(r"[a-z][a-z0-9.+-]+", stage))
    of_the_base = {"libc6", "libgcc-s1", "libstdc++6"}  # gcc's is what everything depends on
    needed = subprocess.run(["readelf", "-d", binary()], capture_output=True, text=True, check=True).stdout
    places = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=True,
                            env={"PATH": "/sbin:/usr/sbin:/bin:/usr/bin"}).stdout
    packages = set()
    for name in re.findall(r"\(NEEDED\).*\[(.+)\]", needed):
        [path, *_] = re.findall(rf"{re.escape(name)} .*64.*=> (\S+)", places)
        owner = subprocess.run(["dpkg", "-S", f"*/{path.rpartition('/')[2]}"], capture_output=True,
                               text=True, check=True).stdout
        packages |= {line.partition(":")[0] for line in owner.splitlines() if "32" not in line}
    assert packages and packages - of_the_base <= installed, packages - of_the_base - installed


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def test_what_compose_names_is_there():
    site = compose()
    services = site["services"]
    nodes = [name for name in services if name.startswith("node")]
    assert len(nodes) == 3
    balancer = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert set(re.findall(r"server (\w+):8080", balancer)) == set(nodes)
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in site["volumes"] or (DEPLOY / source).is_file(), source
        depends = service.get("depends_on", [])
        assert set(depends) <= set(services)
        build = service.get("build")
        assert not build or (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    address = services["balancer"]["networks"]["site"]["ipv4_address"]
    assert services["node1"]["environment"]["HANDIN_TRUSTED_PROXIES"] == address


def test_the_nodes_of_compose_are_configured(tmp_path):
    """Their environment is handin's, and what it says is right but for hosts that are not here."""
    node = compose()["services"]["node1"]
    known = run("serve", "--help").stdout
    ours = {name: value for name, value in node["environment"].items() if name.startswith("HANDIN_")}
    assert ours and all(name in known for name in ours)
    done = run("serve", "--data", tmp_path / "data", **{
        **ours, "HANDIN_DATABASE": ours["HANDIN_DATABASE"].replace("@postgres", "@127.0.0.1:1")})
    assert done.returncode == 1 and "the database cannot be reached" in done.stderr


def test_the_other_nodes_take_the_keys_over(tmp_path):
    """The script of compose, as a shell runs it, but for the places."""
    [script] = compose()["services"]["node2"]["command"]
    first, other = tmp_path / "node1", tmp_path / "node2"
    first.mkdir()
    other.mkdir()
    for key in ("receipt-key.pem", "receipt-keys.json"):
        (first / key).write_text("of the first")
    script = script.replace("$$", "$").replace("/node1/", f"{first}/").replace("exec handin serve", "exit 0")
    for expected in ("of the first", "its own by now"):
        done = subprocess.run(["/bin/sh", "-ec", script], env={"HANDIN_DATA": str(other), "PATH": "/bin:/usr/bin"},
                              capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr
        assert (other / "receipt-key.pem").read_text() == expected
        (other / "receipt-key.pem").write_text("its own by now")
