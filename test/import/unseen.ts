/*
 * An export as another program would write it: semicolons, Latin 1, days before months, decimal commas, local time, a title
 * above the header, words of its own for everything. The mapping uses nothing but what docs/import.md says.
 */

const latin = (text: string) => Buffer.from(text.trimStart().replace(/\n/g, '\r\n').replace(/€/g, '\u0080'), 'latin1');

export const files = {
  'Mitarbeiter.csv': latin(`
Personalnr;Name;Filiale;Rolle;Vorgesetzter;Eintritt;Austritt
10;Ada;Köln;Leitung;;01.02.2015;
11;Ben;Köln;Vertrieb;10;15.06.2018;
12;Cleo;Köln;Vertrieb;10;01.03.2019;31.12.2023
`),
  'Kunden.csv': latin(`
Export vom 02.01.2026;;;;;;;;;
KdNr;Firma;Typ;Branche;Land;Umsatz (Mio.);Mitarbeiter;ABC;Betreuer;Angelegt;Schlagworte;Konzernmutter;Status
500;Mühle Nord;Firma;Nahrung;DE;1,25;1.200;A;11;03.01.2020 08:15;treu|Messe 2024;;aktiv
501;Mühle Süd;Firma;Nahrung;AT;;;C;11;03.01.2020 08:16;;500;aktiv
502;Dora;Privat;;CH;;;;12;29.02.2020 23:30;;;gesperrt
999;Testkunde;Firma;;DE;;;;10;01.01.2020 00:00;;;Test
503;Werk Ost;Konzern;Stahl;DE;;;B;10;01.07.2021 00:30;;;verloren
`),
  'Kontakte.csv': latin(`
Kunde;Lfd;Anrede;Vorname;Nachname;Funktion;E-Mail;Telefon;Mobil;Geburtstag;Newsletter
500;1;Frau;Eva;Eins;Entscheider;Eva@Example.ORG;0221 / 12 34-5;;29.02.1980;J
500;2;Herr;Finn;Zwei;Technik;;;+43 660 1234567;;N
501;1;;;Drei;;drei@example.org;;;00.00.0000;N
502;1;;Dora;Vier;;;;;;N
`),
  'Aktivitaeten.csv': latin(`
ID;Kunde;Ansprechpartner;Art;Ein/Aus;Datum;Uhrzeit;Dauer (h);Text
A1;500;1;Telefon;Aus;12.03.2024;09:05;0,25;"Angebot besprochen;
Nachfassen"
A2;500;;Besuch;Aus;31.03.2024;02:30;1;Termin, den es nicht gab
A3;501;;Web;Ein;01.04.2024;;;Anfrage über die Seite
A4;500;1;Fax;Ein;01.04.2024;10:00;;Bestellung
`),
  'Chancen.csv': latin(`
Nr;Titel;Kunde;Verkäufer;Herkunft;Wert;Währung;Angelegt;Angebot;Ende;Phase;Grund
C1;Siebe;500;11;Messe;12.500,00;EUR;01.02.2024;01.03.2024;15.03.2024;gewonnen;
C2;Förderband;501;12;Internet;8.000,50;CHF;02.02.2023;;20.02.2023;verloren;zu teuer
C3;Mahlwerk;;11;;;;03.02.2024;10.03.2024;;Angebot;
C4;Irrtum;500;11;;1;EUR;04.02.2024;;05.02.2024;storniert;
`),
  'Rechnungen.txt': latin(`
R-1\t500\t15.03.2024\t12.500,00 €\tSiebe
R-2\t500\t15.04.2024\t-80,00 €\tGutschrift
R-3\t501\t16.04.2024\t99,999 €\tTeil
R-4\t503\t17.04.2024\t1 EUR\tKleinteil
R-5\t501\t18.04.2024\tEUR 12,5\tKleinteil
`),
  'Aufgaben.csv': latin(`
ID;Kunde;Wer;Was;Typ;Prio;Angelegt;Fällig;Erledigt;Ergebnis;Notiz
T1;500;11;Anrufen;Nachfassen;hoch;01.03.2024;05.03.2024 12:00;04.03.2024 10:00;erreicht;War zufrieden
T2;501;11;Besuchen;Besuch;;01.03.2024;30.09.2026 09:00;;;
T3;;10;Preisliste prüfen;Korrektur;niedrig;01.03.2024;01.02.2024 12:00;;;
`),
};

const own = { delimiter: ';', encoding: 'latin1' };
const customer = { ref: 'customer', key: ['{Kunde}'] };
export const mapping = {
  source: 'altsystem',
  at: '01.01.2015',
  date: ['dd.MM.yyyy HH:mm', 'dd.MM.yyyy'],
  zone: 'Europe/Berlin',
  decimal: ',',
  thousands: '.',
  currency: 'EUR',
  maps: {
    branchen: { Nahrung: 'food', Stahl: 'steel' },
    rollen: { Entscheider: 'decision_maker', Technik: 'technical' },
    arten: { Telefon: 'call', Besuch: 'visit', Web: 'web' },
    richtungen: { Ein: 'inbound', Aus: 'outbound' },
  },
  files: {
    staff: { path: 'Mitarbeiter.csv', ...own },
    customers: { path: 'Kunden.csv', ...own, skipLines: 1, ignore: { column: 'Status', equals: 'Test' } },
    contacts: { path: 'Kontakte.csv', ...own },
    activities: { path: 'Aktivitaeten.csv', ...own },
    deals: { path: 'Chancen.csv', ...own },
    invoices: {
      path: 'Rechnungen.txt',
      encoding: 'latin1',
      delimiter: '	',
      quote: null,
      columns: ['Nr', 'Kunde', 'Datum', 'Betrag', 'Artikel'],
    },
    tasks: { path: 'Aufgaben.csv', ...own },
  },
  steps: [
    { target: 'orgUnit', key: ['Firma'], fields: { name: 'Firma', kind: 'company', level: 'senior' } },
    {
      name: 'Filialen',
      file: 'staff',
      target: 'orgUnit',
      key: ['Filiale', '{Filiale}'],
      fields: {
        name: '{Filiale}',
        kind: 'department',
        level: 'middle',
        parentId: { ref: 'orgUnit', key: ['Firma'] },
      },
    },
    {
      name: 'Stellen',
      file: 'staff',
      target: 'position',
      key: ['{Personalnr}'],
      fields: {
        title: { text: '{Rolle}, {Filiale}', map: { 'Leitung, Köln': 'Leitung der Filiale Köln' } },
        orgUnitId: { ref: 'orgUnit', key: ['Filiale', '{Filiale}'] },
        reportsToPositionId: { ref: 'position', key: ['{Vorgesetzter}'] },
      },
    },
    {
      name: 'Leitung',
      file: 'staff',
      target: 'orgUnitHead',
      when: { column: 'Rolle', equals: 'Leitung' },
      fields: {
        orgUnitId: { ref: 'orgUnit', key: ['Filiale', '{Filiale}'] },
        positionId: { ref: 'position', key: ['{Personalnr}'] },
      },
    },
    {
      name: 'Mitarbeiter',
      file: 'staff',
      target: 'employee',
      key: ['{Personalnr}'],
      at: '{Eintritt}',
      fields: { name: '{Name}', positionId: { ref: 'position', key: ['{Personalnr}'] } },
    },
    {
      name: 'Kunden',
      file: 'customers',
      target: 'customer',
      key: ['{KdNr}'],
      at: '{Angelegt}',
      fields: {
        name: '{Firma}',
        kind: { column: 'Typ', map: { Firma: 'org', Privat: 'person' } },
        sector: { column: 'Branche', map: 'branchen', unmapped: 'reject' },
        region: '{Land}',
        annualRevenue: { column: 'Umsatz (Mio.)', scale: 1_000_000 },
        employees: '{Mitarbeiter}',
        tier: {
          first: [
            { value: 'important', when: { column: 'ABC', equals: 'A' } },
            { value: 'potential', when: { column: 'ABC', equals: 'B' } },
            'ordinary',
          ],
        },
        tags: [{ column: 'Schlagworte', split: '|' }, 'import'],
        ownerId: { ref: 'employee', key: ['{Betreuer}'] },
      },
      also: [
        {
          target: 'customerDormant',
          when: { column: 'Status', equals: 'gesperrt' },
          fields: { reason: 'Im Altsystem gesperrt.' },
        },
      ],
    },
    {
      name: 'Konzerne',
      file: 'customers',
      target: 'customerParent',
      when: { column: 'Konzernmutter', present: true },
      fields: {
        customerId: { ref: 'customer', key: ['{KdNr}'] },
        parentCustomerId: { ref: 'customer', key: ['{Konzernmutter}'] },
      },
    },
    {
      name: 'Kontakte',
      file: 'contacts',
      target: 'contact',
      key: ['{Kunde}', '{Lfd}'],
      at: { row: { file: 'customers', where: { KdNr: '{Kunde}' }, column: 'Angelegt' } },
      fields: {
        customerId: customer,
        name: { text: '{Vorname?} {Nachname}' },
        title: '{Anrede}',
        role: { column: 'Funktion', map: 'rollen' },
        email: { column: 'E-Mail', case: 'lower' },
        phone: {
          first: [
            { column: 'Mobil', countryCode: '49' },
            { column: 'Telefon', countryCode: '49' },
          ],
        },
        birthday: { column: 'Geburtstag', map: { '00.00.0000': null } },
      },
      also: [
        {
          target: 'contactConsent',
          when: { column: 'Newsletter', equals: 'J' },
          fields: {
            customerId: customer,
            contactId: { ref: 'contact', key: ['{Kunde}', '{Lfd}'] },
            channel: 'email',
            purpose: 'marketing',
            proof: 'Altsystem, Feld Newsletter',
          },
        },
      ],
    },
    {
      name: 'Aktivitäten',
      file: 'activities',
      target: 'interaction',
      key: ['{ID}'],
      at: { first: ['{Datum} {Uhrzeit}', '{Datum}'] },
      fields: {
        customerId: customer,
        channel: { column: 'Art', map: 'arten' },
        direction: { column: 'Ein/Aus', map: 'richtungen' },
        summary: '{Text}',
        durationMinutes: { column: 'Dauer (h)', scale: 60 },
        contactIds: [{ ref: 'contact', key: ['{Kunde}', '{Ansprechpartner}'] }],
      },
    },
    {
      target: 'pipeline',
      key: ['Vertrieb'],
      fields: {
        name: 'Vertrieb',
        stages: [
          { id: 'kontakt', name: 'Kontakt', probability: 10 },
          { id: 'angebot', name: 'Angebot', probability: 50 },
          { id: 'gewonnen', name: 'Gewonnen', kind: 'won' },
          { id: 'verloren', name: 'Verloren', kind: 'lost' },
        ],
      },
    },
    {
      name: 'Chancen',
      file: 'deals',
      target: 'opportunity',
      key: ['{Nr}'],
      at: '{Angelegt}',
      fields: {
        name: '{Titel} ({Nr})',
        pipelineId: { ref: 'pipeline', key: ['Vertrieb'] },
        ownerId: { ref: 'employee', key: ['{Verkäufer}'] },
        customerId: customer,
        source: { column: 'Herkunft', map: { Messe: 'event', Internet: 'website' } },
        amount: { column: 'Wert', currency: '{Währung}' },
      },
      also: [
        {
          target: 'opportunityStage',
          when: { column: 'Angebot', present: true },
          at: '{Angebot}',
          fields: { stageId: 'angebot' },
        },
        { target: 'opportunityWon', when: { column: 'Phase', equals: 'gewonnen' }, at: '{Ende}' },
        {
          target: 'opportunityLost',
          when: { column: 'Phase', equals: 'verloren' },
          at: '{Ende}',
          fields: { reason: { column: 'Grund', map: { 'zu teuer': 'price' } } },
        },
        {
          target: 'opportunityVoided',
          when: { column: 'Phase', equals: 'storniert' },
          at: '{Ende}',
          fields: { reason: 'storniert' },
        },
      ],
    },
    {
      name: 'Rechnungen',
      file: 'invoices',
      target: 'purchase',
      key: ['{Nr}'],
      at: '{Datum}',
      fields: { customerId: customer, amount: '{Betrag}', product: '{Artikel}', reference: '{Nr}' },
    },
    {
      name: 'Aufgaben',
      file: 'tasks',
      target: 'task',
      key: ['{ID}'],
      at: '{Angelegt}',
      fields: {
        kind: { column: 'Typ', map: { Nachfassen: 'follow_up', Besuch: 'visit', Korrektur: 'corrective' } },
        title: '{Was}',
        dueAt: '{Fällig}',
        priority: { column: 'Prio', map: { hoch: 'high', niedrig: 'low' } },
        customerId: customer,
        assigneeId: { ref: 'employee', key: ['{Wer}'] },
      },
      also: [
        {
          target: 'taskDone',
          when: { column: 'Erledigt', present: true },
          at: '{Erledigt}',
          fields: {
            outcome: { column: 'Ergebnis', map: { erreicht: 'reached' } },
            channel: 'call',
            direction: 'outbound',
            summary: '{Notiz}',
          },
        },
      ],
    },
    {
      name: 'Austritte',
      file: 'staff',
      target: 'employeeLeft',
      when: { column: 'Austritt', present: true },
      at: '{Austritt}',
      fields: { employeeId: { ref: 'employee', key: ['{Personalnr}'] } },
    },
  ],
};
