// What a test has asked for: ids and tokens come on stdin, the result goes to stdout as JSON.
'use strict';

const fs = require('fs');
const job = JSON.parse(fs.readFileSync(0, 'utf8'));

async function collect(generator) {
    const items = [];
    for await (const item of generator) items.push(item);
    return items;
}

// An error as an app sees it.
const seen = error => ({
    message: error.message, code: error.code, status: error.status, errors: error.errors });

async function failure(promise) {
    try {
        await promise;
    } catch (error) {
        return seen(error);
    }
    return null;
}

function run(app) {
    app(job).then(
        result => process.stdout.write(JSON.stringify(result)),
        error => {
            console.error(error);
            process.exitCode = 1;
        });
}

module.exports = { collect, failure, run };
