/**
 * The demo world: accounts, and data that goes through the real code. Only the demo profile turns it on.
 *
 * <p>Always true: loading is safe to repeat, so a demo that was killed while it loaded is complete after its next
 * start.
 */
package dev.zhida.demo;
