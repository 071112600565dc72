// The requests of SDK 2.x, which npm does not have, as recorded in edlink.md 7.2 and 7.3: global
// fetch, JSON content type on every request, chunked bodies, options appended to $next.
'use strict';

const { run } = require('./job');

run(async job => {
    const base = process.env.HANDIN_BASE_URL;
    const place = `${base}/api/v2/my/classes/${job.class_id}/assignments/${job.assignment_id}`;
    let token = job.access_token;

    async function call(url, { method = 'GET', body } = {}) {
        const request = new Request(url, {
            method,
            headers: { 'Content-Type': 'application/json', Accept: 'application/json',
                       Authorization: `Bearer ${token}` },
            // A stream has no length, so it goes out in chunks.
            ...(body && { body: new Blob([JSON.stringify(body)]).stream(), duplex: 'half' }),
        });
        const response = await fetch(request);
        return { status: response.status, ...await response.json() };
    }

    const result = {};
    result.profile = await call(`${base}/api/v2/my/profile?`);
    result.submitted = await call(`${place}/submit?%24idempotency=k+2`, {
        method: 'POST', body: { attachments: [{ type: 'file', title: 'a', data: job.data }] } });
    result.repeated = await call(`${place}/submit?%24idempotency=k+2`, {
        method: 'POST', body: { attachments: [{ type: 'text', text: 'other' }] } });

    // The call right after a refresh still carries the old token.
    const refreshed = await fetch(`${base}/api/authentication/token`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ grant_type: 'refresh_token', refresh_token: job.refresh_token,
                               client_id: job.client_id, client_secret: job.client_secret }) });
    result.refreshed = await refreshed.json();
    result.reclaimed = await call(`${place}/reclaim?`, { method: 'POST' });
    token = result.refreshed.$data.access_token;
    result.after = await call(`${base}/api/v2/my/profile?`);

    token = job.teacher_token;
    result.ids = [];
    let url = `${place}/submissions?%24first=50&limit=400`;
    while (url) {
        const page = await call(url);
        result.ids.push(...page.$data.map(item => item.id));
        result.warnings = page.$warnings;
        url = page.$next && `${page.$next}&limit=400`;
    }

    // Categories, which 1.x has for people only, and assignments; DELETE must answer with JSON.
    const klass = `${base}/api/v2/my/classes/${job.class_id}`;
    result.category = await call(`${klass}/categories?`, { method: 'POST', body: { title: 'C' } });
    const fields = { title: 'Two', description: 'd', due_date: '2099-01-01T00:00:00Z',
                     grading_type: 'points', submission_types: ['link'],
                     category_id: result.category.$data.id };
    result.created = await call(`${klass}/assignments?`, { method: 'POST', body: fields });
    const path = `${klass}/assignments/${result.created.$data.id}?`;
    result.patched = await call(path, { method: 'PATCH', body: { title: 'Three' } });
    const filter = JSON.stringify({ title: [{ operator: 'equals', value: 'Three' }] });
    const query = new URLSearchParams({ limit: '3', $filter: filter, $expand: 'category' });
    result.found = await call(`${klass}/assignments?${query}`);
    result.deleted = await call(path, { method: 'DELETE' });
    await call(`${klass}/categories/${result.category.$data.id}?`, { method: 'DELETE' });

    token = job.integration_token;
    const graph = `${base}/api/v2/graph/classes/${job.class_id}/assignments/${job.assignment_id}`;
    result.graph = await call(`${graph}/submissions?%24first=2`);
    result.graded = await call(`${graph}/submissions/${result.graph.$data[0].person_id}?`,
        { method: 'PATCH', body: { extra_attempts: 0 } });
    return result;
});
