// Uploads with the client that browsers use: node tus.mjs <endpoint> <headers> <steps>
// Headers and steps are JSON; a step is {"do": …, "files": [path, …], "url": of an earlier upload, "chunk": bytes, "after": bytes}. What it can do:
// "upload" all files at once, "pause" in the middle and go on, "leave" in the middle, "go on" from a url, "terminate" in the middle. Prints what came of each
// step as one JSON value: the urls, and the requests that were made.
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import * as tus from "tus-js-client";

const [endpoint, headers, steps] = process.argv.slice(2);

const upload = (path, step) => {
  const seen = { url: null, requests: [] };
  let act;
  seen.done = new Promise((resolve, reject) => {
    const running = new tus.Upload(createReadStream(path), {
      endpoint,
      uploadUrl: step.url ?? null,
      headers: JSON.parse(headers),
      chunkSize: step.chunk ?? 8 << 20,
      retryDelays: [100, 300, 1000],
      metadata: { filename: basename(path), filetype: "application/octet-stream" },
      removeFingerprintOnSuccess: true,
      onAfterResponse: (request, response) => {
        seen.requests.push({ method: request.getMethod(), status: response.getStatus(), from: request.getHeader("Upload-Offset") ?? null, offset: response.getHeader("Upload-Offset") ?? null });
      },
      onChunkComplete: (_, accepted) => {
        if (act && accepted >= step.after) {
          const once = act;
          act = null;
          once(running, resolve).catch(reject);
        }
      },
      onUploadUrlAvailable: () => { seen.url = running.url; },
      onSuccess: resolve,
      onError: reject,
    });
    act = step.do === "pause" ? async () => {
      await running.abort();
      setTimeout(() => running.start(), 50);
    } : step.do === "leave" ? async () => {
      await running.abort();
      resolve();
    } : step.do === "terminate" ? async () => {
      await running.abort(true);
      resolve();
    } : null;
    running.start();
  });
  return seen;
};

const answers = [];
for (const step of JSON.parse(steps)) {
  const uploads = step.files.map((path) => upload(path, step));
  const failures = (await Promise.allSettled(uploads.map((one) => one.done))).map((one) => one.reason?.message ?? null);
  answers.push(uploads.map(({ url, requests }, i) => ({ url, requests, failed: failures[i] })));
}
console.log(JSON.stringify(answers));
process.exit(0);
