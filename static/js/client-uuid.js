// <input type="hidden" data-client-uuid>: one UUID per form, kept beside its draft, so that sending twice stores one record.
function fresh() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

for (const mark of document.querySelectorAll("[data-draft-done]")) {
  for (const key of mark.dataset.draftDone.split(" ")) localStorage.removeItem(`uuid:${key}`);
}
for (const input of document.querySelectorAll("input[data-client-uuid]")) {
  const key = input.form?.dataset.draft;
  const slot = key && `uuid:${key}`;
  if (!input.value) input.value = (slot && localStorage.getItem(slot)) || fresh();
  if (slot) localStorage.setItem(slot, input.value);
}
