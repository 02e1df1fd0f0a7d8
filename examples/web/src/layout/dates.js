const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** A date as people read it, in their own time zone. */
export function moment(date) {
  return MOMENT.format(new Date(date));
}
