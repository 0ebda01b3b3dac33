// The page of `cargo xtask bench`: asks one worker for the table, then how much one trains and how much two do at once.
"use strict";
/**
 * @param {Worker} worker
 * @param {{ what: string, secs?: number }} question
 * @returns {Promise<any>}
 */
const ask = (worker, question) => new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => data.error === undefined ? resolve(data.answer) : reject(new Error(data.error));
  worker.onerror = (event) => reject(new Error(event.message || "the worker does not start"));
  worker.postMessage(question);
});
const started = async () => {
  const worker = new Worker("worker.js");
  await ask(worker, { what: "ready" });
  return worker;
};
const bench = async () => {
  const first = await started();
  const table = JSON.parse(await ask(first, { what: "table" }));
  const second = await started();
  /** @param {Worker[]} workers */
  const train = (workers) => Promise.all(workers.map((worker) => ask(worker, { what: "train", secs: 3 })));
  /** @param {number[]} numbers */
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  /** @param {number[]} numbers */
  const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
  const one = [], two = [];
  // In turns, so that both meet the same load of the machine.
  for (let i = 0; i < 3; i++) {
    one.push(sum(await train([first])));
    two.push(sum(await train([first, second])));
  }
  const [one_tokens_per_sec, two_tokens_per_sec] = [median(one), median(two)];
  const workers = { one_tokens_per_sec, two_tokens_per_sec, gain: two_tokens_per_sec / one_tokens_per_sec };
  return { browser: navigator.userAgent, cores: navigator.hardwareConcurrency, ...table, workers };
};
bench().catch((error) => ({ error: String(error) }))
  .then((result) => fetch("result", { method: "POST", body: JSON.stringify(result) }));
