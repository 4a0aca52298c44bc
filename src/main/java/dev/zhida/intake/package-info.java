/**
 * The way in for what marketplaces report and for what people decide of it: pulls, report files, decisions; observe, fold,
 * attribute, post, all in one transaction per batch. The room owns pull windows and runs, report files and their mappings,
 * which name each source has for a line, and what marketplaces count of their own tokens.
 *
 * <p>Always true: a batch is taken as a whole or not at all; taking it again changes nothing; a row that is refused does
 * not stop the others. A page is taken in the transaction that says how far its window was read, so whoever dies in the
 * middle leaves a window that another goes on with from the next page. No instant of a feed is covered by two live
 * windows (a constraint), and what none covers is a gap that is worked out from the windows themselves. A window is read
 * by whoever has its claim: one that comes back after its lease ended writes nothing.
 *
 * <p>Rows move while one pages through them, because what changes leaves its place in a feed ordered by change, and all
 * behind it move up: pages by number then skip rows. Three things stand against that. Observations are idempotent, so
 * reading again costs calls and nothing else. A window of several pages of such a feed is read again until a pass brings
 * no news, a few times at most; a row that changed meanwhile is in a later window anyhow. And windows reach back over what
 * is covered, for rows that a marketplace shows late. What still slips through is found by the nightly sweeps: by creation
 * over 7 days, by settlement over 40, refunds by change over 7, and once a week by creation and
 * refunds over 40, in windows as wide as the marketplace allows.
 *
 * <p>Throttling and faults of the platform are tried again, ever later, and heal by themselves. A window that holds too
 * much is halved, and later ones are narrow for some hours. Our own mistakes and refused keys wait for a person; after
 * three in a row no more windows are added, so that a lost session does not leave a thousand failures, and a changed
 * connection or a retry catches up. A key that is refused in passing is tried each hour with one window. What a
 * marketplace no longer remembers is a hole that never heals: it is said so, and holds up nothing else. A feed that an
 * account has no permission for is named in its connection, and lacks nothing.
 *
 * <p>A row that cannot be understood stops no other and is kept by its window as received. It is an alarm and is lacking in
 * the lock of its month until the window was read again without it.
 *
 * <p>JD settles on a day that its rows tell beforehand, and need not send them again: once a day the stored rows whose day
 * has come are observed anew, {@link dev.zhida.intake.PayDays}.
 *
 * <p>Where a file and the API tell of one order, {@link dev.zhida.intake.SourceMatch} decides; in doubt nothing is paid.
 */
package dev.zhida.intake;
