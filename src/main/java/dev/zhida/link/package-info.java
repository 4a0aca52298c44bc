/**
 * What a creator posts: placements with their codes and tokens, made together in a link kit.
 *
 * <p>A pasted text is read in three steps: {@code PastedText} finds stretches, {@code TokenAttempt} the 14 places in them
 * that may be a token, {@code TokenRepair} what was meant. Pictures are drawn from outlines, without the JDK's fonts.
 *
 * <p>Always true: a placement has one code, and asking for the same place again gives the same placement; a
 * destination is an https address of a marketplace; link and token of one offer hold different slots; a token
 * that was harmed too much is refused, not guessed; a template puts nothing where its host app forbids it;
 * a placement has one marketplace's token at a time; a link that somebody else made is posted only if it shows our PID.
 */
package dev.zhida.link;
