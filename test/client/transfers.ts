import { api, done, reason } from './asking.js';

/** Transfers: handed in and withdrawn, handed in and agreed to, given back. */
export async function transfers(ownerId: string, colleague: string) {
  const step = {
    name: 'A colleague',
    approvers: [{ by: 'person' as const, id: colleague }],
    mode: 'any' as const,
    when: {},
  };
  const ask = 'ask' as const;
  const answers = { vacant: 'skip' as const, absent: 'wait' as const, submitter: ask, beneficiary: ask, repeated: ask };
  const { id: flowId } = await done(
    api.POST('/approval-flows', { body: { name: 'Transfers', steps: [step], answers } }),
  );
  await done(api.POST('/transfer-policies', { body: { flowId, revertDays: 10 } }));
  const { id } = await done(api.POST('/customers', { body: { kind: 'org', name: 'West Mill', ownerId } }));
  const subjects = [{ kind: 'customer' as const, id }];
  const form = { by: ownerId, toOwnerId: colleague, subjects, reason };
  const draft = async () => ({ path: { transferId: (await done(api.POST('/transfers', { body: form }))).id } });
  const other = await draft();
  await done(api.POST('/transfers/{transferId}/submit', { params: other }));
  await done(api.POST('/transfers/{transferId}/withdraw', { params: other, body: {} }));
  const params = await draft();
  const include = { opportunities: 'open' as const };
  await done(api.POST('/transfers/{transferId}/form', { params, body: { ...form, include } }));
  await done(api.POST('/transfers/{transferId}/submit', { params }));
  const transfer = () => done(api.GET('/transfers/{transferId}', { params }));
  const waits = async (isThere: () => Promise<boolean>) => {
    while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await waits(async () => {
    const { approvalId } = await transfer();
    if (approvalId === null) return false;
    const { response } = await api.GET('/approvals/{approvalId}', { params: { path: { approvalId } } });
    return response.ok;
  });
  const approvalId = (await transfer()).approvalId!;
  await done(
    api.POST('/approvals/{approvalId}/approve', { params: { path: { approvalId } }, body: { by: colleague } }),
  );
  await waits(async () => (await transfer()).status === 'completed');
  const path = { reverts: params.path.transferId };
  await done(api.POST('/transfers/{reverts}/revert', { params: { path }, body: { by: ownerId, reason } }));
}
