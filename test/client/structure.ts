import { api, dayIn, done, euro, reason } from './asking.js';

export async function organisation() {
  const { id: company } = await done(
    api.POST('/org-units', { body: { name: 'Company', kind: 'company', level: 'senior' } }),
  );
  const unit = { name: 'Sales', kind: 'department', level: 'middle', parentId: company } as const;
  const { id: orgUnitId } = await done(api.POST('/org-units', { body: unit }));
  const { id: other } = await done(api.POST('/org-units', { body: { ...unit, name: 'Service' } }));
  const path = { orgUnitId };
  await done(api.POST('/org-units/{orgUnitId}/name', { params: { path }, body: { name: 'Field sales' } }));
  await done(
    api.POST('/org-units/{orgUnitId}/responsibilities', {
      params: { path },
      body: { responsibilities: ['new customers', 'key accounts'] },
    }),
  );
  await done(api.POST('/org-units/{orgUnitId}/processes', { params: { path }, body: { process: 'development' } }));
  await done(
    api.POST('/org-units/{orgUnitId}/processes/remove', { params: { path }, body: { process: 'development' } }),
  );
  const away = { path: { orgUnitId: other } };
  await done(api.POST('/org-units/{orgUnitId}/parent', { params: away, body: { parentId: orgUnitId } }));
  await done(api.POST('/org-units/{orgUnitId}/close', { params: away }));
  await done(api.POST('/org-units/{orgUnitId}/reopen', { params: away }));
  return { company, orgUnitId };
}

export async function positions({ company, orgUnitId }: Awaited<ReturnType<typeof organisation>>) {
  const { id: lead } = await done(
    api.POST('/positions', { body: { title: 'Lead', orgUnitId, duties: ['leads'], processSteps: ['approves'] } }),
  );
  const { id: seat } = await done(api.POST('/positions', { body: { title: 'Seller', orgUnitId, headcount: 3 } }));
  const { id: spare } = await done(api.POST('/positions', { body: { title: 'Spare', orgUnitId } }));
  const path = { positionId: seat };
  await done(api.POST('/org-units/{orgUnitId}/head', { params: { path: { orgUnitId } }, body: { positionId: lead } }));
  await done(api.POST('/positions/{positionId}/duties', { params: { path }, body: { duties: ['sells', 'calls'] } }));
  await done(
    api.POST('/positions/{positionId}/reporting-line', { params: { path }, body: { reportsToPositionId: lead } }),
  );
  await done(api.POST('/positions/{positionId}/approval-limit', { params: { path }, body: { limit: euro(10_000) } }));
  await done(api.POST('/positions/{positionId}/customer-cap', { params: { path }, body: { cap: { max: 500 } } }));
  await done(api.POST('/positions/{positionId}/headcount', { params: { path }, body: { headcount: 5 } }));
  const unused = { path: { positionId: spare } };
  await done(api.POST('/positions/{positionId}/unit', { params: unused, body: { orgUnitId: company } }));
  await done(api.POST('/positions/{positionId}/retire', { params: unused }));
  const { id: second } = await done(api.POST('/positions', { body: { title: 'Coach', orgUnitId } }));
  return { seat, second };
}

export async function employees({ seat, second }: Awaited<ReturnType<typeof positions>>) {
  const hire = (name: string) => done(api.POST('/employees', { body: { name, positionId: seat } }));
  const [{ id: ownerId }, { id: colleague }, { id: leaver }] = [
    await hire('Alex'),
    await hire('Chris'),
    await hire('Kim'),
  ];
  const path = { employeeId: colleague };
  await done(
    api.POST('/employees/{employeeId}/assignments', { params: { path }, body: { positionId: second, primary: false } }),
  );
  await done(
    api.POST('/employees/{employeeId}/assignments/{positionId}/end', {
      params: { path: { ...path, positionId: second } },
    }),
  );
  await done(
    api.POST('/employees/{employeeId}/absences', { params: { path }, body: { from: dayIn(0), deputyId: ownerId } }),
  );
  await done(api.POST('/employees/{employeeId}/return', { params: { path }, body: { on: dayIn(0) } }));
  await done(api.POST('/employees/{employeeId}/suspend', { params: { path }, body: { reason } }));
  await done(api.POST('/employees/{employeeId}/reinstate', { params: { path } }));
  const skills = { skills: ['pumps'], languages: ['German'] };
  await done(api.POST('/employees/{employeeId}/skills', { params: { path }, body: skills }));
  await done(
    api.POST('/employees/{employeeId}/offboarding', {
      params: { path: { employeeId: leaver } },
      body: { handOverTo: ownerId },
    }),
  );
  await done(
    api.POST('/employees/{employeeId}/hand-overs', { params: { path: { employeeId: leaver } }, body: { reason } }),
  );
  await done(api.POST('/employees/{employeeId}/leave', { params: { path: { employeeId: leaver } } }));
  return { ownerId, colleague };
}
