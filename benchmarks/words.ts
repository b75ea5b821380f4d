const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** What the made-up company and its customers are called. */
export const qualities = words(`
  Amber Bright Calm Clear Copper Deep Early East Ever Fair First Free Gold Grand Green High Inner Iron Keen Late Little
  Long Loud Lower Near New North Old Open Outer Plain Prime Quick Quiet Red Round Silver Slow South Steady Still Stone
  Swift Tall True Upper Warm West White Wide Wild Young`);
export const things = words(`
  Anchor Arch Bank Barn Bay Bridge Brook Cape Cliff Coast Corner Court Creek Cross Dale Dock Farm Field Ford Forge Gate
  Glen Grove Harbour Hill Hollow Island Key Lake Lane Light Meadow Mill Moor Oak Park Path Pier Pine Point Pond Quarry
  Reef Ridge River Road Rock Shore Spring Square Tower Yard`);
export const forms = words('Trading Works Services Partners Supply Systems Group Foods Logistics');
export const firstNames = words('Alex Chris Dana Eli Jo Kim Lee Max Nico Pat Robin Sam');
export const regions = words('north north-east east south-east south south-west west north-west');
export const sectors = words('retail food health software building energy transport media finance');
export const tags = words('fair newsletter key export seasonal reference partner price trial pilot');
export const products = words('Basic Plus Pro Advanced Special Care Training');
export const summaries = [
  'Asked for the new price list and a quote for the coming quarter',
  'Went through the open points of the last delivery',
  'Wants a trial before the committee meets',
  'Is content; no change is needed at the moment',
  'Complained about late answers, promised to look into it',
  'Sent the documents for the framework agreement and agreed on a call next week',
];
