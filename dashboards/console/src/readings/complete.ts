/** A figure of which a smaller part was received is none of the whole time, and says so. */
export const COMPLETE = 0.95
