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

    // What a teacher's app does beside grading (edlink.md 7.2).
    async teaching(job) {
        const teacher = login(job, person(job.teacher_token));
        const klass = job.class_id;
        const fields = { title: 'Essay', description: 'It', due_date: '2099-01-01T00:00:00Z',
                         grading_type: 'points', submission_types: ['text'] };
        const made = await teacher.assignments.create(klass, fields, { idempotency: job.key });
        const category = await teacher.categories.create(klass, { title: 'Labs' });
        const result = {
            made,
            updated: await teacher.assignments.update(klass, made.id,
                { title: 'Other', category_id: category.id }),
            fetched: await teacher.assignments.fetch(klass, made.id, { expand: ['category'] }),
            category,
            categories: await collect(teacher.categories.list(klass)),
        };
        await teacher.assignments.delete(klass, made.id);
        await teacher.categories.delete(klass, category.id);
        result.gone = await failure(teacher.assignments.fetch(klass, made.id));
        return result;
    },

    // Every list and object of the SDK that is no coursework.
    async rosters(job) {
        const user = login(job, person(job.access_token));
        const klass = job.class_id;
        const result = {
            integration: await user.my.integration(), source: await user.my.source(),
            sections: await collect(user.classes.listSections(klass)),
            enrollments: await collect(user.classes.listEnrollments(klass)),
            people: await collect(user.classes.listPeople(klass)),
            teachers: await collect(user.classes.listTeachers(klass)),
            students: await collect(user.classes.listStudents(klass)),
            schools: await collect(user.schools.list()),
            districts: await collect(user.districts.list()),
            agents: await collect(user.agents.list()),
        };
        const graph = login(job, { type: TokenSetType.Integration, access_token: job.integration_token });
        result.graph = {};
        for (const name of ['districts', 'schools', 'sessions', 'courses', 'classes', 'sections',
                            'people', 'enrollments', 'agents', 'licenses']) {
            const all = await collect(graph[name].list());
            result.graph[name] = all;
            if (all.length && graph[name].fetch)
                result.graph[name + '_same'] =
                    JSON.stringify(await graph[name].fetch(all[0].id)) === JSON.stringify(all[0]);
        }
        result.limited = await collect(graph.people.list({ limit: 2, $fields: 'id' }));
        result.raw = await graph.request(
            `/classes/${klass}/assignments/${job.assignment_id}/submissions`);
        return result;
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
