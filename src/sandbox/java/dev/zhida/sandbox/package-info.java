/**
 * A marketplace to develop, demonstrate and test against: Taobao, JD, PDD and Douyin as they speak on the wire, with a
 * simulated population of orders behind them. It is its own process, or runs inside a test or the demo.
 *
 * <p>Always true: it shares no code with the application, so what both understand the same way was understood twice.
 * The same seed and the same requests make the same world. What became of every line is known ({@code /control/truth}),
 * whatever the fault switches made of the way there.
 *
 * <p>Two clocks. The timestamp of a request is compared with real time, since callers sign by their own clocks; orders,
 * windows and the 90 days that a marketplace remembers go by the simulated clock, which can stand, run faster, or be
 * set. What the vendors do not document is decided here, and told where it is: both ends of a window belong to it, a
 * refund feed tells disputes with nothing to give back while nothing is settled, money is rounded half up.
 */
package dev.zhida.sandbox;
