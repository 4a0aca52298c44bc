package dev.zhida.sandbox;

/** How far a line is, in plain words. */
enum Step {
    CREATED,
    PAID,
    RECEIVED,
    SETTLED,
    INVALID
}
