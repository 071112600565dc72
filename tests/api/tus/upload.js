// Uploads one file with the official tus-js-client; what to do comes as JSON on the command line.
// Prints {"url"} at the end.
'use strict';

const fs = require('fs');
const { PassThrough } = require('stream');
const tus = require('tus-js-client');
const job = JSON.parse(process.argv[2]);

// For a file whose length is not told the client expects a stream of no known length.
const source = fs.createReadStream(job.file);
const input = job.options.uploadLengthDeferred ? source.pipe(new PassThrough()) : source;

const upload = new tus.Upload(input, {
    endpoint: job.endpoint,
    headers: { Authorization: `Bearer ${job.token}` },
    metadata: { filename: 'essay.bin', filetype: 'application/octet-stream' },
    retryDelays: Array(60).fill(250),
    async onSuccess() {
        const url = upload.url;
        if (job.terminate) await upload.abort(true);
        console.log(JSON.stringify({ url }));
    },
    onError(error) {
        console.error(String(error));
        process.exit(1);
    },
    ...job.options,
});
upload.start();
