// Usage: consumer.cjs BROKER TOPIC COUNT
// Reads so many records from the beginning, as a consumer that reads committed does, and prints each as a line of JSON.
'use strict';
const {Kafka, logLevel} = require('kafkajs');

const [broker, topic, count] = process.argv.slice(2);
const kafka = new Kafka({clientId: 'independent', brokers: [broker], logLevel: logLevel.ERROR});
const consumer = kafka.consumer({groupId: `independent-${topic}`});

(async () => {
  let left = Number(count);
  await consumer.connect();
  await consumer.subscribe({topic, fromBeginning: true});
  await consumer.run({
    eachMessage: async ({partition, message}) => {
      const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, value.toString()]));
      console.log(JSON.stringify({partition, key: message.key.toString(), value: message.value.toString(), headers}));
      if (--left === 0) setImmediate(() => consumer.disconnect().then(() => process.exit(0)));
    },
  });
})();
