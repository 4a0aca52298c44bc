/**
 * The demo world: accounts, and data that goes through the real code. Only the demo profile turns it on.
 *
 * <p>Always true: loading is safe to repeat, so a demo that was killed while it loaded is complete after its next
 * start. Where the sandbox marketplace answers, people have bought through its links for two weeks, and it has pulled their
 * orders before it is ready; without the sandbox there is a report file alone.
 */
package dev.zhida.demo;
