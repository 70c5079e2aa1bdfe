// Preact wants it, and browsers have it since 2018 or 2019 only.
window.queueMicrotask ??= (work) => void Promise.resolve().then(work)
