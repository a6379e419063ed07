import { request } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const binary = process.env.NOROSHI_BINARY ?? join(import.meta.dirname, '../../bin/noroshi');

/** What the server prints of itself when it plays the demo. */
type Told = { url: string; user: string; password: string };

// NOROSHI_URL, NOROSHI_USER and NOROSHI_PASSWORD name a running server; without them one is started on a new folder and plays the demo.
export default async function setup() {
  const given = process.env.NOROSHI_URL;
  const server = given ? undefined : start();
  const told = server
    ? await server.told
    : { url: given ?? '', user: process.env.NOROSHI_USER ?? 'admin', password: process.env.NOROSHI_PASSWORD ?? '' };
  Object.assign(process.env, {
    NOROSHI_URL: told.url,
    NOROSHI_USER: told.user,
    NOROSHI_PASSWORD: told.password,
  });
  await signIn(told);
  return () => server?.stop();
}

function start() {
  const data = mkdtempSync(join(tmpdir(), 'noroshi-e2e-'));
  const child = spawn(binary, ['serve', '--demo', '--data', data, '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // The server takes every NOROSHI_ variable for a setting of its own.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NOROSHI_'))),
  });
  const stop = async () => {
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  return { told: listen(child), stop };
}

// The address and the password stand on lines of their own: "console   http://…" and "sign in   admin / …".
function listen(child: ChildProcess): Promise<Told> {
  return new Promise((done, fail) => {
    let said = '';
    const read = (part: Buffer) => {
      said += part.toString();
      const url = /^\s*console\s+(http\S+)/m.exec(said)?.[1];
      const person = /^\s*sign in\s+(\S+)\s+\/\s+(\S+)/m.exec(said);
      if (url && person?.[1] && person[2]) done({ url, user: person[1], password: person[2] });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => fail(new Error(`the server ended with ${code}:\n${said}`)));
  });
}

// Signs in once for all tests, and waits until the demo has become an incident that reached its last phase.
async function signIn({ url, user, password }: Told) {
  const context = await request.newContext({ baseURL: url });
  await waitFor(async () => (await context.get('/readyz')).ok(), 'the server is ready');
  const answer = await context.post('/api/v1/session', { data: { name: user, password } });
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`);
  await waitFor(async () => {
    const page = (await (await context.get('/api/v1/incidents')).json()) as { incidents: { phase: string }[] };
    return page.incidents.some((incident) => incident.phase === 'objective');
  }, 'the demo has been played');
  await context.storageState({ path: 'test-results/signed-in.json' });
  await context.dispose();
}

async function waitFor(done: () => Promise<boolean>, what: string) {
  const end = Date.now() + 120_000;
  while (Date.now() < end) {
    if (await done().catch(() => false)) return;
    await new Promise((next) => setTimeout(next, 300));
  }
  throw new Error(`waited in vain until ${what}`);
}
