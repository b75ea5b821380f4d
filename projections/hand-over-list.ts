import type { HandOverItem, OffboardingEvents } from '../libs/offboarding/events.js';
import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';

/** How far it is with handing over what somebody has who is going to leave. */
export interface HandOverView {
  readonly employeeId: string;
  /** Things that wait for their outcome. */
  readonly underWay: number;
  readonly handedOver: number;
  /** What could not be handed over, and by which code. */
  readonly kept: readonly (HandOverItem & { readonly code: string })[];
  readonly revision: number;
}

const begun = (
  view: HandOverView,
  { data: { items }, revision }: Recorded<OffboardingEvents, 'OffboardingHandOverStarted'>,
): HandOverView => {
  const again = new Set(items.map(keyOf));
  const kept = view.kept.filter((each) => !again.has(keyOf(each)));
  return { ...view, kept, underWay: view.underWay + items.length, revision };
};

export const handOverList = projection<HandOverView, OffboardingEvents>({
  name: 'hand-over-list',
  version: 1,
  id: ({ data }) => data.employeeId,
  stream: (employeeId) => `offboarding-${employeeId}`,
  starts: {
    OffboardingHandOverStarted: (event) =>
      begun({ employeeId: event.data.employeeId, underWay: 0, handedOver: 0, kept: [], revision: 0 }, event),
  },
  on: {
    OffboardingHandOverStarted: begun,
    OffboardingItemHandedOver: (view, { data, revision }) => {
      const kept = view.kept.filter((each) => keyOf(each) !== keyOf(data));
      const wasUnderWay = kept.length === view.kept.length;
      return {
        ...view,
        kept,
        handedOver: view.handedOver + 1,
        underWay: view.underWay - Number(wasUnderWay),
        revision,
      };
    },
    OffboardingItemKept: (view, { data: { kind, id, code }, revision }) => ({
      ...view,
      underWay: view.underWay - 1,
      kept: [...view.kept, { kind, id, code }],
      revision,
    }),
  },
});

const keyOf = ({ kind, id }: HandOverItem): string => `${kind} ${id}`;
