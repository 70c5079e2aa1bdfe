/**
 * A test whose browser did not show in time what was waited for is tried once more: on a busy machine a page may be that late. What a test finds
 * wrong is never tried again, and the reporter names each test that needed it.
 */
export const secondTry = { count: 1, condition: /^[\w.]+: Timeout \d+ms exceeded|^Timed out in waitUntil!/ }
