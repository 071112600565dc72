// node -r ./preload.js app.js: sends an unmodified Edlink app to HANDIN_BASE_URL (edlink.md 7.1).
// The SDK writes https://ed.link into every URL; an interceptor on the axios copy that the SDK
// itself resolves is the way to redirect it.
'use strict';

const sdk = require.resolve('@edlink/typescript');
const axios = require(require.resolve('axios', { paths: [sdk] }));

axios.interceptors.request.use(config => {
    if (config.url.startsWith('https://ed.link/')) {
        config.url = process.env.HANDIN_BASE_URL + config.url.slice('https://ed.link'.length);
    }
    return config;
});
