import { beforeAll, describe, expect, test } from 'vitest';

import { aBookingBody, aGrant, balanceOf, type Scene } from '../support/factories.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await aGrant({ nominal: 60, poolBody: { capacity: 60 } });
});
const holdFor = (patient: string) =>
  scene.beneficiary.coordinator.call('holdBooking', {
    params: { grantId: scene.grant.id },
    body: aBookingBody({ patient }),
  });

const PERSONAL = {
  'a name': ['Ivanova', 'Ivanov-Petrov', 'Ivan.Petrov', 'ivan_petrov', 'Ivan Petrov', 'Aigerim', 'OConnor'],
  'a name in Cyrillic': ['Иванова', 'Иван Петров', 'Әйгерім', 'Иванова-1', 'Марія2'],
  'a name in another script': ['张伟', '张伟1', 'محمد7'],
  'a name with a number': ['Ivan Petrov 7', 'Ivanova 2014', 'Ivanov1985', 'Ivanov.Ivan.1985'],
  'a date among other things': ['ivanov_i_12031985', 'i-31.12.85'],
  'an identity number with something behind it': ['900101300123abcd', 'tel-29-1234567'],
  'an e-mail address': ['ivan@example.org', 'ivan.petrov1@example.org', 'P-001@x'],
  'a phone number': [
    '+375291234567',
    '+7 701 123 45 67',
    '8(029)123-45-67',
    '80291234567',
    '375-29-123-45-67',
    '1234567',
  ],
  'a Kazakh IIN': ['140215500123', '900101300123'],
  'a Belarusian identity number': ['3140215A001PB5', '4111280H033PB3', '3140215a001pb5'],
  'a Russian passport': ['4509123456', '45 09 123456', '4509-123456'],
  'a Russian SNILS': ['112-233-445 95', '11223344595', '112-233-445-95'],
  'an Uzbek PINFL': ['31402155000123', '50101005670012'],
  'a Chinese identity number': ['110101199003077758', '11010119900307775X'],
  'a passport number': ['N12345678', 'AB1234567', 'mp1234567'],
  'a date': ['2014-02-15', '15.02.2014', 'P-2014-02-15', 'ivanova-20140215', '15/02/2014', '20140215', 'K15-02-2014'],
};
const refused = Object.entries(PERSONAL).flatMap(([what, values]) => values.map((value) => ({ what, value })));

describe('in the place of a pseudonym', () => {
  test.each(refused)('$what such as $value is refused and not repeated', async ({ value }) => {
    const answer = await holdFor(value);

    expect(answer.code).toBe('patient-not-pseudonymous');
    expect(answer.problem.errors?.map(({ pointer }) => pointer)).toContain('/patient');
    expect(answer.bytes.toString()).not.toContain(value);
    expect(JSON.stringify(answer.headers)).not.toContain(value);
  });

  test('nothing refused has taken a unit', async () => {
    const before = await balanceOf(scene);
    await Promise.all(refused.slice(0, 10).map(({ value }) => holdFor(value)));
    expect(await balanceOf(scene)).toEqual(before);
  });
});

describe('a pseudonym', () => {
  test.each([
    'MSK-7F3K-042',
    'P-0001',
    'a1b2c3',
    '0f8fad5b-d9cb-469f-a165-70867728950e',
    '0F8FAD5B-D9CB-469F-A165-70867728950E',
    '12345678-1234-4234-8234-123456789012',
    '9e107d9d372bb6826bd81d3542a419d6',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'KZ:ALM:00042',
    'patient_17.b',
    'X9X',
    '123456',
    'P-2026-0042',
    'A12345678901'.slice(0, 7),
    'x1'.padEnd(64, 'y'),
  ])('such as %s is accepted', async (patient) => {
    expect((await holdFor(patient)).ok.patient).toBe(patient);
  });
});
