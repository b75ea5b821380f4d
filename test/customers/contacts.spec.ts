import { describe, it } from '@jest/globals';
import {
  AddContact,
  BounceContactChannel,
  ChangeContact,
  DisableContact,
  RecordConsent,
  SetPrimaryContact,
  WithdrawConsent,
} from '../../libs/customers/contact.commands.js';
import * as rules from '../../libs/customers/contact.rules.js';
import { customer } from '../../libs/customers/customer.decider.js';
import { contactList } from '../../projections/contact-list.js';
import { given, past } from '../support/given.js';
import {
  contactAdded,
  contactId,
  customerId,
  now,
  person,
  registered,
  secondContactAdded,
  secondContactId,
} from './customers.js';

const consented = {
  type: 'ContactConsentGiven',
  data: { customerId, contactId, channel: 'email', purpose: 'marketing', proof: 'form 7' },
} as const;
const disabled = {
  type: 'ContactDisabled',
  data: { customerId, contactId, reason: 'left', nextPrimaryId: null },
} as const;

describe('contacts', () => {
  it('begin with a primary one', () => {
    given(customer, registered)
      .when((state) => rules.addContact(state, new AddContact(customerId, { contactId, ...person }), now))
      .thenRecords(contactAdded)
      .thenReads(contactList, contactId, { name: 'Kim Example', words: ['kim', 'example'], active: true });
    given(customer, registered, contactAdded)
      .when((state) =>
        rules.addContact(
          state,
          new AddContact(customerId, { contactId: secondContactId, ...secondContactAdded.data.details }),
          now,
        ),
      )
      .thenRecords(secondContactAdded);
  });

  it('are added once', () => {
    given(customer, registered, contactAdded)
      .when((state) => rules.addContact(state, new AddContact(customerId, { contactId, ...person }), now))
      .thenRecords();
    given(customer, registered, contactAdded)
      .when((state) =>
        rules.addContact(state, new AddContact(customerId, { contactId, ...person, name: 'Sam Example' }), now),
      )
      .thenRefuses('contact-exists');
  });

  it('name all that is wrong with them', () => {
    const wrong = { ...person, channels: [], birthday: '1899-12-31' };
    given(customer, registered)
      .when((state) => rules.addContact(state, new AddContact(customerId, { contactId, ...wrong }), now))
      .thenRefuses('contact-invalid', {
        unmet: [
          { code: 'channel-required', field: 'channels' },
          { code: 'birthday-impossible', field: 'birthday' },
        ],
      });
    given(customer, registered)
      .when((state) =>
        rules.addContact(state, new AddContact(customerId, { contactId, ...person, birthday: '2026-03-02' }), now),
      )
      .thenRefuses('contact-invalid');
  });

  it('have each address once, also in another spelling of it', () => {
    const number = { kind: 'phone', value: '+49 30 123456' } as const;
    const channels = [number, { ...number, value: '+49 (0)30 123456' }];
    given(customer, registered)
      .when((state) => rules.addContact(state, new AddContact(customerId, { contactId, ...person, channels }), now))
      .thenRefuses('contact-invalid', { unmet: [{ code: 'channel-twice', field: 'channels' }] });
  });

  it('stay valid when they change', () => {
    const change = (details: object) => (state: Parameters<typeof rules.changeContact>[0]) =>
      rules.changeContact(state, new ChangeContact(customerId, { contactId, ...details }), now);
    const unmet = (code: string, field: string) => ({ unmet: [{ code, field }] });
    const email = person.channels[0];
    const contact = given(customer, registered, contactAdded);
    contact.when(change({ channels: [] })).thenRefuses('contact-invalid', unmet('channel-required', 'channels'));
    contact
      .when(change({ channels: [email, email] }))
      .thenRefuses('contact-invalid', unmet('channel-twice', 'channels'));
    contact
      .when(change({ channels: [{ kind: 'phone', value: '030 123456' }] }))
      .thenRefuses('contact-invalid', unmet('phone-invalid', 'channels'));
    contact
      .when(change({ birthday: '2026-03-02' }))
      .thenRefuses('contact-invalid', unmet('birthday-impossible', 'birthday'));
    contact.when(change({ birthday: '2026-03-01' })).thenReads(contactList, contactId, { birthday: '2026-03-01' });
    contact.when(change({ birthday: '1900-01-01' })).thenReads(contactList, contactId, { birthday: '1900-01-01' });
  });

  const phone = (value: string) => ({ ...person, channels: [{ kind: 'phone' as const, value }] });
  const phoned = (value: string) => ({ ...contactAdded, data: { ...contactAdded.data, details: phone(value) } });

  it('have phone numbers in E.164', () => {
    const adding = (value: string) => (state: Parameters<typeof rules.addContact>[0]) =>
      rules.addContact(state, new AddContact(customerId, { contactId, ...phone(value) }), now);
    given(customer, registered).when(adding('+49 (0)30 123456')).thenRecords(phoned('+4930123456'));
    given(customer, registered)
      .when(adding('030 123456'))
      .thenRefuses('contact-invalid', { unmet: [{ code: 'phone-invalid', field: 'channels' }] });
    given(customer, registered, phoned('+49030123456')).when(adding('+4930123456')).thenRecords();
  });

  it('keep a number of an older log that cannot be one', () => {
    const { channels } = phone('+112125550');
    given(customer, registered, phoned('+112125550'))
      .when((state) => {
        const details = { title: 'Buyer', channels: [...channels, { kind: 'phone' as const, value: '+49 30 123456' }] };
        return rules.changeContact(state, new ChangeContact(customerId, { contactId, ...details }), now);
      })
      .thenReads(contactList, contactId, { channels: [...channels, { kind: 'phone', value: '+4930123456' }] });
  });

  it('change with their old values kept', () => {
    given(customer, registered, contactAdded)
      .when((state) => rules.changeContact(state, new ChangeContact(customerId, { contactId, title: 'Buyer' }), now))
      .thenRecords({
        type: 'ContactChanged',
        data: { customerId, contactId, changes: { title: { from: null, to: 'Buyer' } } },
      })
      .thenReads(contactList, contactId, { title: 'Buyer' });
    given(customer, registered, contactAdded)
      .when((state) => rules.changeContact(state, new ChangeContact(customerId, { contactId, ...person }), now))
      .thenRecords();
    given(customer, registered)
      .when((state) => rules.changeContact(state, new ChangeContact(customerId, { contactId, title: 'Buyer' }), now))
      .thenRefuses('contact-unknown');
  });

  it('hand over who is primary', () => {
    given(customer, registered, contactAdded, secondContactAdded)
      .when((state) =>
        rules.setPrimaryContact(state, new SetPrimaryContact(customerId, { contactId: secondContactId })),
      )
      .thenRecords({ type: 'PrimaryContactChanged', data: { customerId, from: contactId, to: secondContactId } });
    given(customer, registered, contactAdded)
      .when((state) => rules.setPrimaryContact(state, new SetPrimaryContact(customerId, { contactId })))
      .thenRecords();
  });

  it('consent with proof, once, not in the future', () => {
    const consent =
      (givenAt = past) =>
      (state: Parameters<typeof rules.recordConsent>[0]) =>
        rules.recordConsent(
          state,
          new RecordConsent(customerId, {
            contactId,
            channel: 'email',
            purpose: 'marketing',
            proof: 'form 7',
            givenAt,
          }),
          now,
        );
    given(customer, registered, contactAdded)
      .when(consent('2026-02-01T00:00:00.000Z'))
      .thenRecords({ ...consented, occurredAt: '2026-02-01T00:00:00.000Z' })
      .thenReads(contactList, contactId, { consents: ['email/marketing'] });
    given(customer, registered, contactAdded, consented).when(consent()).thenRecords();
    const other = { ...consented, data: { ...consented.data, purpose: 'service' } } as const;
    given(customer, registered, contactAdded, other)
      .when(consent('2026-02-01T00:00:00.000Z'))
      .thenRecords({ ...consented, occurredAt: '2026-02-01T00:00:00.000Z' });
    given(customer, registered, contactAdded)
      .when(consent('2026-03-02T00:00:00.000Z'))
      .thenRefuses('in-the-future', { field: 'givenAt' });
  });

  it('withdraw consent at any time', () => {
    const withdraw = (state: Parameters<typeof rules.withdrawConsent>[0]) =>
      rules.withdrawConsent(
        state,
        new WithdrawConsent(customerId, { contactId, channel: 'email', purpose: 'marketing' }),
      );
    const withdrawn = {
      type: 'ContactConsentWithdrawn',
      data: { customerId, contactId, channel: 'email', purpose: 'marketing' },
    } as const;
    given(customer, registered, contactAdded, consented, disabled).when(withdraw).thenRecords(withdrawn);
    given(customer, registered, contactAdded).when(withdraw).thenRecords();
    given(customer, registered, contactAdded, consented, withdrawn).when(withdraw).thenRecords();
    const other = { ...consented, data: { ...consented.data, purpose: 'service' } } as const;
    given(customer, registered, contactAdded, other).when(withdraw).thenRecords();
  });

  it('bounce on an address they have', () => {
    given(customer, registered, contactAdded)
      .when((state) =>
        rules.bounceChannel(
          state,
          new BounceContactChannel(customerId, { contactId, kind: 'email', value: 'kim@example.org' }),
        ),
      )
      .thenRecords({
        type: 'ContactChannelBounced',
        data: { customerId, contactId, channel: 'email', value: 'kim@example.org' },
      });
    given(customer, registered, contactAdded)
      .when((state) =>
        rules.bounceChannel(
          state,
          new BounceContactChannel(customerId, { contactId, kind: 'email', value: 'lee@example.org' }),
        ),
      )
      .thenRefuses('channel-unknown');
    given(customer, registered, phoned('+49030123456'))
      .when((state) =>
        rules.bounceChannel(
          state,
          new BounceContactChannel(customerId, { contactId, kind: 'phone', value: '+4930123456' }),
        ),
      )
      .thenRecords({
        type: 'ContactChannelBounced',
        data: { customerId, contactId, channel: 'phone', value: '+49030123456' },
      });
  });

  it('name the next primary one when the primary one goes', () => {
    const disable = (next: string | null) => (state: Parameters<typeof rules.disableContact>[0]) =>
      rules.disableContact(state, new DisableContact(customerId, { contactId, reason: 'left', nextPrimaryId: next }));
    given(customer, registered, contactAdded).when(disable(null)).thenRecords(disabled);
    given(customer, registered, contactAdded, secondContactAdded)
      .when(disable(null))
      .thenRefuses('next-primary-required', { candidates: [secondContactId] });
    given(customer, registered, contactAdded, secondContactAdded)
      .when(disable(secondContactId))
      .thenRecords({ ...disabled, data: { ...disabled.data, nextPrimaryId: secondContactId } })
      .thenReads(contactList, contactId, { active: false });
    given(customer, registered, contactAdded, disabled).when(disable(null)).thenRecords();
  });

  it('can only name an active contact beside it as the next primary one', () => {
    const disable = (next: string) => (state: Parameters<typeof rules.disableContact>[0]) =>
      rules.disableContact(state, new DisableContact(customerId, { contactId, reason: 'left', nextPrimaryId: next }));
    const away = { ...disabled, data: { ...disabled.data, contactId: secondContactId } };
    const refused = { field: 'nextPrimaryId' };
    given(customer, registered, contactAdded).when(disable(secondContactId)).thenRefuses('contact-unknown', refused);
    given(customer, registered, contactAdded).when(disable(contactId)).thenRefuses('contact-unknown', refused);
    given(customer, registered, contactAdded, secondContactAdded, away)
      .when(disable(secondContactId))
      .thenRefuses('contact-unknown', refused);
  });

  it('leave the primary one as it is when another one goes', () => {
    const disable = (next: string | null) => (state: Parameters<typeof rules.disableContact>[0]) =>
      rules.disableContact(
        state,
        new DisableContact(customerId, { contactId: secondContactId, reason: 'left', nextPrimaryId: next }),
      );
    const away = { ...disabled, data: { ...disabled.data, contactId: secondContactId } };
    for (const next of [null, contactId])
      given(customer, registered, contactAdded, secondContactAdded).when(disable(next)).thenRecords(away);
  });

  it('begin anew with a primary one after all were disabled', () => {
    given(customer, registered, contactAdded, disabled)
      .when((state) =>
        rules.addContact(
          state,
          new AddContact(customerId, { contactId: secondContactId, ...secondContactAdded.data.details }),
          now,
        ),
      )
      .thenRecords({ ...secondContactAdded, data: { ...secondContactAdded.data, isPrimary: true } });
  });
});
