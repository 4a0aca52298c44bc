/**
 * What a creator posts: placements with their codes and tokens, made together in a link kit.
 *
 * <p>Always true: a placement has one code, and asking for the same place again gives the same placement; a
 * destination is an https address of a marketplace; link and token of one offer hold different slots. A link that
 * somebody else made is posted only if it shows our PID.
 */
package dev.zhida.link;
