// Single behaviours of the SDK: paging, idempotency, warnings, errors, two token sets.
'use strict';

const { Edlink, TokenSetType } = require('@edlink/typescript');
const { collect, failure, run } = require('./job');

const login = (job, token_set) =>
    new Edlink({ client_id: job.client_id, client_secret: job.client_secret }).use(token_set);

// A token that needs no refresh.
const person = token => ({
    type: TokenSetType.Person, access_token: token, expiration_date: new Date(Date.now() + 3.6e6) });

const calls = {
    async paging(job) {
        const teacher = login(job, person(job.teacher_token));
        const list = options =>
            collect(teacher.submissions.list(job.class_id, job.assignment_id, options));
        return {
            all: (await list({})).map(item => item.id),
            pages: (await list({ $first: 50 })).map(item => item.id),
            limited: (await list({ limit: 3 })).map(item => item.id),
        };
    },

    async idempotency(job) {
        const user = login(job, person(job.access_token));
        const submit = text => user.submissions.submit(job.class_id, job.assignment_id,
            { attachments: [{ type: 'text', text }] }, { idempotency: 'k 2' });
        return { first: await submit('one'), second: await submit('two') };
    },

    async grading(job) {
        const teacher = login(job, person(job.teacher_token));
        const to = [job.class_id, job.assignment_id, job.submission_id];
        return {
            updated: await teacher.submissions.update(...to,
                { grade_points: 7.5, grade_comment: 'Well done', extra_attempts: 1 }),
            returned: await teacher.submissions.return(...to),
        };
    },

    async errors(job) {
        const user = login(job, person(job.access_token));
        const unknown = '3f0c2d8e-9a51-4a53-8a0e-6c1c7a3c9b11';
        const submit = attempt =>
            failure(user.submissions.submit(job.class_id, job.assignment_id, attempt));
        return {
            unknown: await failure(user.classes.fetch(unknown)),
            malformed: await failure(user.classes.fetch('x')),
            incomplete: await submit({ attachments: [{ type: 'file', title: 'a' }] }),
            several: await submit({ attachments: [{ type: 'link' }, { type: 'text' }] }),
            reclaim: await failure(user.submissions.reclaim(job.class_id, job.assignment_id)),
            token: await failure(login(job, person('wrong')).my.profile()),
            refresh: await failure(login(job,
                { type: TokenSetType.Person, access_token: 'x', refresh_token: 'wrong' }).my.profile()),
            // As in the SDK's own README: no type, so the integration token goes to /my.
            integration: await failure(login(job, { access_token: job.integration_token })
                .request('/profile')),
        };
    },
};

run(job => calls[job.call](job));
