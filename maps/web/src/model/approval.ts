/** The authority and the number of a plan for readers of English; the originals stand beside them. */

interface NamedPlace {
  readonly name: string;
  readonly name_en: string | null;
}

const BODIES: Readonly<Record<string, string>> = {
  人民政府: "People's Government",
  人民政府办公室: "Government Office",
  民政局: "Civil Affairs Bureau",
};

/** "Qinghe District People's Government" of "清河区人民政府"; null where the authority is none of the district's known bodies. */
export function authorityInEnglish(authority: string, district: NamedPlace): string | null {
  const [plain, demo] = withoutNote(authority);
  const place = withoutNote(district.name)[0];
  const body = plain.startsWith(place) ? BODIES[plain.slice(place.length)] : undefined;
  if (body === undefined || district.name_en === null) return null;
  return `${district.name_en.replace(/ \(.*\)$/, "")} ${body}${demo ? " (demo)" : ""}`;
}

/** "No. 38 of 2010" of "清政发〔2010〕38号"; null for numbers of another form. */
export function numberInEnglish(number: string): string | null {
  const found = /[〔［[(（](\d{4})[〕］\])）](?:第)?(\d+)号$/.exec(number);
  return found === null ? null : `No. ${found[2]} of ${found[1]}`;
}

/** A name without a note in brackets, and whether the note says that it is a demonstration. */
function withoutNote(name: string): readonly [string, boolean] {
  const found = /^(.*?)（(.*)）$/.exec(name);
  return found === null ? [name, false] : [found[1] ?? name, (found[2] ?? "").includes("演示")];
}
