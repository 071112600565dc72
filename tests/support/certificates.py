"""Certificates made by the openssl command, trusted by nobody but who is told to."""
import hashlib
import ssl
import subprocess
from pathlib import Path


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Certificate:
    """A self-signed one for 127.0.0.1 in two PEM files."""

    def __init__(self, folder, name="server"):
        self.name = name
        self.file = Path(folder) / f"{name}.pem"
        self.key = Path(folder) / f"{name}.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "30", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                "-keyout", self.key, "-out", self.file)

    def expire(self):
        """Replaces it by one of the same key that was good for the year 2020."""
        folder = self.file.parent
        (folder / "index").write_text("")
        (folder / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=it\n[it]\nnew_certs_dir={folder}\ndatabase={folder}/index\n"
            "rand_serial=yes\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n")
        openssl("req", "-new", "-key", self.key, "-subj", f"/CN={self.name}", "-out", folder / "request")
        openssl("ca", "-batch", "-selfsign", "-config", folder / "ca.cnf", "-keyfile", self.key,
                "-startdate", "20200101000000Z", "-enddate", "20210101000000Z",
                "-in", folder / "request", "-out", self.file)

    @property
    def options(self):
        return "--tls-certificate", self.file, "--tls-key", self.key

    @property
    def fingerprint(self):
        der = ssl.PEM_cert_to_DER_cert(self.file.read_text())
        return hashlib.sha256(der).hexdigest()

    def context(self):
        """Of a client that trusts this certificate only."""
        return ssl.create_default_context(cafile=self.file)
