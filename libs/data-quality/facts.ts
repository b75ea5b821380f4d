import type { StateReader } from '../event-store/decider.js';
import { Refusal } from '../errors.js';
import { completenessOf, fieldsFor, registeredFields, unknownFields } from '../key-fields.js';
import type { FieldSource, Fitting } from '../key-fields.js';
import { keyFieldPolicyId } from './events.js';
import { keyFieldPolicy } from './key-field-policy.decider.js';

/**
 * Checks what a customer is about to be registered with, where the policy in force says that this is done. People at the customer
 * are added behind the registration, so that they cannot be missing from it.
 * @throws Refusal `key-fields-missing`, with all of them
 */
export async function checkKeyFields(
  streams: StateReader,
  customer: Fitting & Pick<FieldSource, 'details'>,
): Promise<void> {
  const policy = (await streams.load(keyFieldPolicy, keyFieldPolicyId)).state;
  if (!policy?.refuseWithoutRequired) return;
  const asked = fieldsFor(policy, customer).filter(({ field }) => registeredFields.some((each) => each === field));
  const { required } = completenessOf(asked, unknownFields({ details: customer.details, contacts: [] }));
  if (required.length === 0) return;
  throw new Refusal('key-fields-missing', `The policy for key fields requires also: ${required.join(', ')}.`, {
    fields: required,
    policyVersion: policy.version,
  });
}
