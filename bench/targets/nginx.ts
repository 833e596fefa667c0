// nginx as the yardstick: one worker that passes calls on and checks nothing but one fixed key.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { findProgram, installPackages } from '../../scripts/lib/system.mjs';
import { CACHE, freePort, startTarget, untilReady } from '../spawn.ts';
import { bearer, type Target } from './target.ts';

const KEY = 'sk-bench-nginx';
const find = () => findProgram('nginx') ?? findProgram('/usr/sbin/nginx');

const configuration = (port: number, upstreamPort: number) => `
daemon off; worker_processes 1; pid nginx.pid; error_log stderr error;
events { worker_connections 32768; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 300s;
  client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp; scgi_temp_path temp;
  upstream model { server 127.0.0.1:${upstreamPort}; keepalive 1024; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location /ready { return 204; }
    location / {
      if ($http_authorization != "Bearer ${KEY}") { return 401; }
      proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_read_timeout 300s;
    }
  }
}
`;

export const nginx: Target = {
  name: 'nginx',
  title: 'nginx proxy_pass',
  on: 'One worker, keep-alive to the upstream, no buffering, no log; one fixed key is compared. Nothing is counted, limited or stored.',
  async install() {
    if (!find()) await installPackages('nginx');
    if (!find()) throw new Error('nginx is not on the path, and I could not install it.');
  },
  async start(upstreamPort) {
    const folder = join(CACHE, 'nginx');
    mkdirSync(folder, { recursive: true });
    const port = freePort();
    writeFileSync(join(folder, 'nginx.conf'), configuration(port, upstreamPort));
    const child = startTarget([find()!, '-p', folder, '-c', 'nginx.conf'], { name: 'nginx' });
    const readyMs = await untilReady(child, `http://127.0.0.1:${port}/ready`);
    return {
      port,
      path: '/v1/chat/completions',
      callers: [bearer(KEY)],
      pids: [child.pid],
      readyMs,
      refusals: { key: { headers: bearer('sk-wrong'), status: 401 } },
      stop: child.stop,
    };
  },
};
