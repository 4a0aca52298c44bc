/**
 * The no that a caller can act on. Always true: a {@link dev.zhida.problem.Refusal} carries a code that
 * is part of the API and a sentence that says what to do; anything else that is thrown is our own bug.
 */
package dev.zhida.problem;
