import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** Files, PEM. */
export interface Certificates {
  readonly trusted: string;
  readonly certificate: string;
  readonly key: string;
}

/** A certificate for 127.0.0.1, and the root that it is trusted by. */
export async function certificates(folder: string): Promise<Certificates> {
  const [trusted, certificate, key] = ['root.crt', 'endpoint.crt', 'endpoint.key'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const name = (value: string) => [{ name: 'commonName', value }];
  const algorithm = 'sha256';
  const root = await generate(name('Root'), {
    algorithm,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const made = await generate(name('localhost'), {
    algorithm,
    ca: { key: root.private, cert: root.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  writeFileSync(trusted, root.cert);
  writeFileSync(certificate, made.cert);
  writeFileSync(key, made.private);
  return { trusted, certificate, key };
}
