// Where the phone is, and how far that is from a household. Without a place everything works, only unsorted.

// The browser has been told yes before; asks nothing.
export async function granted() {
  if (!navigator.geolocation || !navigator.permissions) return false;
  try {
    return (await navigator.permissions.query({ name: "geolocation" })).state === "granted";
  } catch {
    return false;
  }
}

// {latitude, longitude, accuracy_m, at} or null; may ask the person for permission.
export function here({ timeout = 15_000, maximumAge = 60_000, precise = true } = {}) {
  if (!navigator.geolocation) return Promise.resolve(null);
  return new Promise((done) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) =>
        done({ latitude: coords.latitude, longitude: coords.longitude, accuracy_m: Math.round(coords.accuracy), at: timestamp }),
      () => done(null),
      { timeout, maximumAge, enableHighAccuracy: precise },
    );
  });
}

// The same, but only where permission was given before: never a question.
export async function hereIfGranted(options) {
  return (await granted()) ? here(options) : null;
}

// Metres between two {latitude, longitude} (or {lat, lng}), null when one has no place.
export function distance(one, other) {
  const [a, b] = [point(one), point(other)];
  if (!a || !b) return null;
  const half = (degrees) => (degrees * Math.PI) / 360;
  const flat = Math.cos(2 * half(a[0])) * Math.cos(2 * half(b[0]));
  const chord = Math.sin(half(b[0] - a[0])) ** 2 + flat * Math.sin(half(b[1] - a[1])) ** 2;
  return 2 * 6_371_000 * Math.asin(Math.min(1, Math.sqrt(chord)));
}

function point(place) {
  const [latitude, longitude] = [place?.latitude ?? place?.lat, place?.longitude ?? place?.lng];
  return Number.isFinite(latitude) && Number.isFinite(longitude) ? [latitude, longitude] : null;
}

// Nearest first; those without a place keep their order behind.
export function nearestFirst(rows, from) {
  const far = new Map(rows.map((row) => [row, distance(from, row) ?? Infinity]));
  return [...rows].sort((one, other) => (far.get(one) === far.get(other) ? 0 : far.get(one) - far.get(other)));
}
