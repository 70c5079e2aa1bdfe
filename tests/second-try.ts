/**
 * Tests that drive real servers, processes and browsers are tried once more when they fail: on a busy machine what they wait for may come in
 * another order. What is wrong fails twice; the reporter names each test that needed it with what went wrong at first, so that a race is seen and
 * mended. Properties draw other cases at another try, so that theirs are never tried again.
 */
export const secondTry = { count: 1, condition: /^(?!Property failed)/ }
