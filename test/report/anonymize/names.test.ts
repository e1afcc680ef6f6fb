import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NameMap } from '../../../src/report/anonymize/names.js';

function namesWith(key: string): NameMap {
  const aes = createCipheriv('aes-256-ecb', Buffer.alloc(32, key), null).setAutoPadding(false);
  return new NameMap((blocks) => aes.update(blocks));
}

const names = namesWith('key');
const label = fc.stringMatching(/^[a-z0-9_-]{1,20}$/);

describe('names in disguise', () => {
  test('have labels of the same lengths, and no others than names may have', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 40 }).filter((text) => text.toLowerCase().length === text.length),
        (text) => {
          expect(names.name(text).length).toBe(text.length);
          expect(names.name(text)).toMatch(/^[a-z0-9._-]*$/);
        },
      ),
    );
  });

  test('are different where the names are', () => {
    fc.assert(
      fc.property(label, label, (one, other) => {
        expect(names.label(one) === names.label(other)).toBe(one === other);
      }),
    );
  });

  test('are the same whatever case they are in, and share their endings', () => {
    expect(names.name('DB.Corp.Net')).toBe(names.name('db.corp.net'));
    const [, ...ending] = names.name('web.corp.net').split('.');
    expect(names.name('db.corp.net').split('.').slice(1)).toEqual(ending);
  });

  test('are the same with the same key, and others with another', () => {
    expect(namesWith('key').name('database.corporation')).toBe(names.name('database.corporation'));
    expect(namesWith('other').name('database.corporation')).not.toBe(names.name('database.corporation'));
  });

  test('are still of the kind that they were', () => {
    expect(names.name('printer.local')).toMatch(/^[a-z]{7}\.local$/);
    expect(names.name('7.2.0.192.in-addr.arpa')).toMatch(/^\d\.\d\.\d\.\d{3}\.in-addr\.arpa$/);
    expect(names.name('wpad.corp')).toMatch(/^wpad\./);
  });

  test('do not show what they stand for', () => {
    expect(names.name('secretproject.customer')).not.toMatch(/secret|project|customer/);
  });
});
