import type { ContactRole, CustomerStatus } from '../customers/events.js';
import type { Tier } from '../tiering.js';
import { Refusal } from '../errors.js';
import type { GateResult, Requirement, Stage } from './events.js';
import type { KnownOpportunity } from './opportunity.decider.js';

/** What the rules must know of a customer. */
export interface CustomerFact {
  readonly customerId: string;
  readonly status: CustomerStatus;
  readonly survivorId: string | null;
  readonly tier: Tier;
  readonly sector: string | null;
  readonly region: string | null;
  readonly contacts: readonly {
    readonly contactId: string;
    readonly role: ContactRole;
    readonly isPrimary: boolean;
    readonly status: 'active' | 'disabled';
  }[];
}

/** What moving and closing must know: the version of the pipeline the opportunity runs under, and its customer. */
export interface StageFacts {
  readonly stages: readonly Stage[];
  readonly customer: CustomerFact | undefined;
}

type Subject = readonly [opportunity: KnownOpportunity, customer: CustomerFact | undefined];

const isMet: Readonly<Record<Requirement, (...subject: Subject) => boolean>> = {
  customer: ({ customerId }) => customerId !== null,
  activeCustomer: (_, customer) => customer?.status === 'active',
  primaryContact: (...subject) => active(...subject).some(({ isPrimary }) => isPrimary),
  decisionMaker: (...subject) => active(...subject).some(({ role }) => role === 'decision_maker'),
  amount: ({ amount }) => amount !== null && amount.amount > 0,
  expectedCloseOn: ({ expectedCloseOn }) => expectedCloseOn !== null,
  product: ({ details }) => details.product !== null,
  grade: ({ grade }) => grade !== null,
  qualified: ({ qualified }) => qualified,
  nextStep: ({ details }) => details.nextStep !== null,
  team: ({ team }) => !team.isEmpty(),
  visit: ({ visits }) => visits.some(({ status }) => status === 'reported'),
};

/** The customer's contacts as the deal sees them: a role or a primary contact named for the deal stands in for the customer's. */
function active({ contacts, primaryContactId }: KnownOpportunity, customer: CustomerFact | undefined) {
  return (customer?.contacts ?? [])
    .filter(({ status }) => status === 'active')
    .map(({ contactId, role, isPrimary }) => ({
      role: contacts.get(contactId, role),
      isPrimary: primaryContactId === null ? isPrimary : primaryContactId === contactId,
    }));
}

/** One gate to pass. `always` requirements belong to no stage's definition, and no override lets them pass. */
export interface Gate {
  readonly gate: GateResult['gate'];
  readonly stage: Stage;
  readonly always?: readonly Requirement[];
}

/**
 * Asks everything the gates on the way ask for, for whoever is asking.
 * @throws Refusal `gate-unmet`, naming all that is missing at once
 */
export function passGates(
  opportunity: KnownOpportunity,
  to: Stage,
  gates: readonly Gate[],
  { customer }: StageFacts,
): GateResult[] {
  const { override } = opportunity;
  const waived = override?.toStage === to.id ? override.requirements : [];
  const asked = gates.flatMap(({ gate, stage, always = [] }) => {
    const defined = gate === 'exit' ? stage.exitGate : stage.entryGate;
    return [...new Set([...always, ...defined])].map((requirement) => ({
      gate,
      stageId: stage.id,
      requirement,
      met: isMet[requirement](opportunity, customer),
      passed: waived.includes(requirement) && !always.includes(requirement),
    }));
  });
  const unmet = asked.filter(({ met, passed }) => !met && !passed);
  if (unmet.length > 0) {
    throw new Refusal('gate-unmet', `Something is missing on the way to ${to.name}.`, {
      unmet: unmet.map(({ gate, stageId, requirement }) => ({ gate, stageId, requirement })),
    });
  }
  return asked.map(({ gate, stageId, requirement, met }) => ({
    gate,
    stageId,
    requirement,
    result: met ? 'met' : 'overridden',
  }));
}
