// An app as the SDK's readers write it: sign in, look around, hand in, take back, hand in again.
'use strict';

const { Edlink, TokenSetType } = require('@edlink/typescript');
const { collect, run } = require('./job');

run(async job => {
    const edlink = new Edlink({ client_id: job.client_id, client_secret: job.client_secret });
    const result = { up: await Edlink.up() };

    // A token set with a refresh token is refreshed before the first call.
    const user = edlink.use({
        type: TokenSetType.Person, access_token: 'stale', refresh_token: job.refresh_token });
    result.profile = await user.my.profile();

    result.classes = await collect(user.classes.list());
    const klass = job.class_id;
    result.klass = await user.classes.fetch(klass);
    result.assignments = await collect(user.assignments.list(klass, {
        filter: { title: [{ operator: 'contains', value: 'e' }] }, expand: ['category'] }));
    result.assignment = await user.assignments.fetch(klass, job.assignment_id);

    const submit = attachments =>
        user.submissions.submit(klass, job.assignment_id, { attachments });
    result.first = await submit([
        { type: 'file', title: 'essay.txt', size: 3, data: [97, 98, 99] },
        { type: 'link', title: 'Site', url: 'https://example.org/' }]);
    result.reclaimed = await user.submissions.reclaim(klass, job.assignment_id);
    result.second = await submit([
        { type: 'file', title: 'typed', data: new Uint8Array([1, 2, 255]) },
        { type: 'file', title: 'buffer', data: Buffer.from('buffer') },
        { type: 'text', text: 'words' }]);

    result.listed = await collect(user.submissions.list(klass, job.assignment_id));
    result.fetched = await user.submissions.fetch(klass, job.assignment_id, result.second.id);

    // Any endpoint that starts with http is used as it is: so an app downloads.
    const files = result.fetched.attempts.flatMap(attempt => attempt.attachments)
        .filter(attachment => attachment.type === 'file');
    result.files = {};
    for (const file of files) {
        const raw = await user.request(file.url, { responseType: 'arraybuffer' }, {}, true);
        result.files[file.title] = [...raw];
    }
    return result;
});
