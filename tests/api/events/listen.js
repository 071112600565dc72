// A listener as any page or program is one: npm's EventSource, which connects again by itself and
// then says where it was. Prints each event as a line of JSON until its input ends.
const { EventSource } = require('eventsource');

const { url, token } = JSON.parse(process.argv[2]);
const source = new EventSource(url, {
  fetch: (input, init) =>
    fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
});
source.addEventListener('open', () => console.log(JSON.stringify({ open: true })));
source.addEventListener('message', (event) =>
  console.log(JSON.stringify({ sequence: Number(event.lastEventId), payload: JSON.parse(event.data) })));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
