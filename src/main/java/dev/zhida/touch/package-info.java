/**
 * 触点: the log of every observed act on a placement. The room records, stores and classifies touches.
 *
 * <p>Always true: a touch that was answered is durable; a touch has one id, made where it was seen, and is
 * stored at most once; what was not a person's act is kept with a named flag and never counted as one.
 */
package dev.zhida.touch;
