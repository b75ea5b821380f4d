import type { Week } from '../../libs/working-time.js';

export const calendarId = '01970000-0000-7000-8000-00000000ca1e';

export const nineToFive = [
  { from: '09:00', to: '12:00' },
  { from: '13:00', to: '17:00' },
];

export const officeWeek: Week = {
  monday: nineToFive,
  tuesday: nineToFive,
  wednesday: nineToFive,
  thursday: nineToFive,
  friday: [{ from: '09:00', to: '12:00' }],
};
