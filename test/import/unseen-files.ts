/*
 * An export as another program would write it: semicolons, Latin 1, days before months, decimal commas, local time, a title
 * above the header, words of its own for everything.
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
