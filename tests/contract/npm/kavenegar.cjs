// Usage: kavenegar.cjs PORT KEY RECEPTOR TEXT
// Kavenegar's own client against whatever listens on that port. Prints what it was told of each call, one JSON document a line.
'use strict';
const http = require('http');

// The client knows only api.kavenegar.com, port 80.
const [port, apikey, receptor, message] = process.argv.slice(2);
const request = http.request;
http.request = (options, answered) => request({...options, host: '127.0.0.1', port}, answered);

const api = require('kavenegar').KavenegarApi({apikey});
const call = (method, parameters) =>
  new Promise((resolve) => api[method](parameters, (entries, status, words) => {
    console.log(JSON.stringify({method, entries, status, words}));
    resolve(entries);
  }));

(async () => {
  const [sent] = await call('Send', {receptor, message, localid: '77'});
  await call('Send', {receptor, message, localid: '77'});
  await call('Status', {messageid: sent.messageid});
  await call('StatusLocalMessageid', {localid: '77'});
  await call('VerifyLookup', {receptor, template: 'salam-registered', token: '1234567890'});
  await call('Send', {receptor: '1', message});
})();
