// [data-place]: a button fills latitude, longitude and accuracy from the device. A missing place never stops a visit.
function say(part, kind, metres = "") {
  const sign = part.querySelector("[data-place-said]");
  sign.textContent = (sign.dataset[`said${kind}`] ?? "").replace("{m}", metres);
}

function fill(part, coords) {
  const put = (name, value) => {
    const field = part.querySelector(`[name$="${name}"]`);
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  put("latitude", coords.latitude.toFixed(6));
  put("longitude", coords.longitude.toFixed(6));
  put("accuracy_m", Math.round(coords.accuracy));
  say(part, "Found", Math.round(coords.accuracy).toLocaleString("en"));
}

for (const part of document.querySelectorAll("[data-place]")) {
  const button = part.querySelector("[data-place-get]");
  if (!navigator.geolocation) button.closest(".row").hidden = true;
  button.addEventListener("click", () => {
    say(part, "Waiting");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => fill(part, coords),
      () => say(part, "Refused"),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}
