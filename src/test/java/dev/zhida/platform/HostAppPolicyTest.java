package dev.zhida.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.platform.HostAppRule.Delivery;
import dev.zhida.platform.HostAppRule.Ground;
import dev.zhida.platform.HostAppRule.Posting;
import dev.zhida.platform.UserAgent.HostApp;
import dev.zhida.platform.UserAgent.Os;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class HostAppPolicyTest {

    private static final Instant START = Instant.parse("2021-09-16T16:00:00Z");
    private static final Ground ANY = new Ground(null, null, null, null, null, null);
    private static final Ground GROUP = new Ground(HostApp.WECHAT, Scene.GROUP, null, null, null, null);
    private static final Ground QUESTION =
            new Ground(HostApp.WECHAT, Scene.GROUP, Os.ANDROID, Marketplace.TAOBAO, Medium.LINK, null);

    private static HostAppRule rule(int version, Ground ground, Delivery delivery, Posting posting, Instant from) {
        return new HostAppRule(
                version, ground, false, delivery, posting, "why", "how", LocalDate.of(2021, 9, 17), "seen", from);
    }

    private static HostAppRule rule(int version, Ground ground, Delivery delivery) {
        return rule(version, ground, delivery, Posting.ALLOWED, START);
    }

    private static HostAppRule withdrawn(int version, Ground ground, Instant from) {
        return new HostAppRule(
                version,
                ground,
                true,
                Delivery.LANDING,
                Posting.WARN,
                "why",
                "how",
                LocalDate.of(2021, 9, 17),
                "seen",
                from);
    }

    private static int decided(Instant at, HostAppRule... rules) {
        return HostAppPolicy.at(at, List.of(rules)).decide(QUESTION).version();
    }

    @Test
    void a_rule_gives_way_to_one_that_names_more_whatever_the_order_of_the_rules() {
        var any = rule(1, ANY, Delivery.REDIRECT);
        var weChat = rule(2, new Ground(HostApp.WECHAT, null, null, null, null, null), Delivery.LANDING);
        var group = rule(3, GROUP, Delivery.REDIRECT);
        assertThat(decided(START, any, weChat, group)).isEqualTo(3);
        assertThat(decided(START, group, weChat, any)).isEqualTo(3);
        assertThat(decided(START, any, weChat)).isEqualTo(2);
        assertThat(decided(START, any)).isEqualTo(1);
    }

    @Test
    void a_rule_that_names_more_things_lifts_no_ban_about_something_else() {
        var any = rule(1, ANY, Delivery.REDIRECT);
        var medical = rule(
                2,
                new Ground(HostApp.DOUYIN, null, null, null, null, "MEDICAL"),
                Delivery.LANDING,
                Posting.REFUSED,
                START);
        var opened = rule(
                3,
                new Ground(HostApp.DOUYIN, Scene.VIDEO, null, Marketplace.TAOBAO, Medium.LINK, null),
                Delivery.REDIRECT);
        var policy = HostAppPolicy.at(START, List.of(any, medical, opened));
        var question = new Ground(HostApp.DOUYIN, Scene.VIDEO, Os.IOS, Marketplace.TAOBAO, Medium.LINK, "MEDICAL");
        assertThat(policy.decide(question)).isEqualTo(medical);
        assertThat(policy.posting(question)).isEqualTo(medical);
        assertThat(policy.decide(
                        new Ground(HostApp.DOUYIN, Scene.VIDEO, Os.IOS, Marketplace.TAOBAO, Medium.LINK, "FOOD")))
                .isEqualTo(opened);

        // Only who names the ban's ground, and more, lifts it.
        var lifted =
                rule(4, new Ground(HostApp.DOUYIN, null, null, Marketplace.TAOBAO, null, "MEDICAL"), Delivery.REDIRECT);
        assertThat(HostAppPolicy.at(START, List.of(any, medical, opened, lifted))
                        .decide(question)
                        .delivery())
                .isEqualTo(Delivery.REDIRECT);
    }

    @Test
    void what_opens_on_one_system_opens_no_group() {
        var any = rule(1, ANY, Delivery.REDIRECT);
        var group = rule(2, GROUP, Delivery.LANDING);
        var opened = rule(
                3,
                new Ground(HostApp.WECHAT, null, Os.ANDROID, Marketplace.TAOBAO, Medium.LINK, null),
                Delivery.REDIRECT);
        assertThat(decided(START, any, group, opened)).isEqualTo(2);
    }

    @Test
    void a_click_is_answered_by_the_rule_that_lets_least_through_and_a_post_by_the_one_that_warns_most() {
        var any = rule(1, ANY, Delivery.REDIRECT);
        var landing = rule(2, GROUP, Delivery.LANDING, Posting.ALLOWED, START);
        var warned = rule(
                3,
                new Ground(HostApp.WECHAT, null, null, null, Medium.LINK, null),
                Delivery.REDIRECT,
                Posting.WARN,
                START);
        var policy = HostAppPolicy.at(START, List.of(any, landing, warned));
        assertThat(policy.decide(QUESTION)).isEqualTo(landing);
        assertThat(policy.posting(QUESTION)).isEqualTo(warned);
        assertThat(policy.posting(Platform.WECHAT, Scene.GROUP, Marketplace.TAOBAO, Medium.LINK, null))
                .isEqualTo(warned);
    }

    @Test
    void of_equally_strict_rules_the_one_answers_that_names_more_then_the_one_about_the_host_app_then_the_medium() {
        var any = rule(1, ANY, Delivery.REDIRECT);
        var app = rule(2, new Ground(HostApp.WECHAT, null, null, null, null, null), Delivery.LANDING);
        var marketplace = rule(3, new Ground(null, null, null, Marketplace.TAOBAO, null, null), Delivery.LANDING);
        assertThat(decided(START, any, marketplace, app)).isEqualTo(2);

        var group = rule(4, GROUP, Delivery.LANDING);
        assertThat(decided(START, any, marketplace, group)).isEqualTo(4);
        var medium = rule(5, new Ground(HostApp.WECHAT, null, null, null, Medium.LINK, null), Delivery.LANDING);
        assertThat(decided(START, any, group, medium)).isEqualTo(5);
    }

    @Test
    void what_is_unknown_is_covered_only_by_rules_that_do_not_ask_for_it() {
        var policy =
                HostAppPolicy.at(START, List.of(rule(1, ANY, Delivery.REDIRECT), rule(2, GROUP, Delivery.LANDING)));
        assertThat(policy.decide(new Ground(HostApp.WECHAT, null, null, null, null, null))
                        .version())
                .isEqualTo(1);
    }

    @Test
    void a_rule_holds_from_its_first_instant_until_a_later_one_about_the_same_ground() {
        var any = rule(1, ANY, Delivery.REDIRECT);
        var closed = rule(2, GROUP, Delivery.LANDING, Posting.WARN, START.plusSeconds(10));
        var opened = rule(3, GROUP, Delivery.REDIRECT, Posting.ALLOWED, START.plusSeconds(20));
        assertThat(decided(START.plusSeconds(9), any, opened, closed)).isEqualTo(1);
        assertThat(decided(START.plusSeconds(10), any, opened, closed)).isEqualTo(2);
        assertThat(decided(START.plusSeconds(19), any, opened, closed)).isEqualTo(2);
        assertThat(decided(START.plusSeconds(20), any, opened, closed)).isEqualTo(3);
    }

    @Test
    void a_withdrawn_rule_leaves_its_ground_to_the_less_specific_ones() {
        var any = rule(1, ANY, Delivery.REDIRECT);
        var group = rule(2, GROUP, Delivery.LANDING);
        assertThat(decided(START.plusSeconds(1), any, group, withdrawn(3, GROUP, START.plusSeconds(1))))
                .isEqualTo(1);
        assertThat(decided(START, any, group, withdrawn(3, GROUP, START.plusSeconds(1))))
                .isEqualTo(2);
    }

    @Test
    void there_must_be_a_rule_that_covers_everything() {
        assertThatThrownBy(() -> HostAppPolicy.at(START, List.of(rule(1, GROUP, Delivery.LANDING))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_form_is_recommended_that_opens_else_one_that_is_allowed_else_one_that_is_not_refused() {
        var any = rule(1, ANY, Delivery.REDIRECT);
        var refusedLink = rule(
                2,
                new Ground(HostApp.XIAOHONGSHU, null, null, null, null, null),
                Delivery.LANDING,
                Posting.REFUSED,
                START);
        var token = rule(
                3,
                new Ground(HostApp.XIAOHONGSHU, null, null, null, Medium.TOKEN, null),
                Delivery.LANDING,
                Posting.ALLOWED,
                START);
        var warned = rule(
                4, new Ground(HostApp.WECHAT, null, null, null, null, null), Delivery.LANDING, Posting.WARN, START);
        var policy = HostAppPolicy.at(START, List.of(any, refusedLink, token, warned));
        assertThat(policy.recommended(Platform.WEIBO, Scene.NOTE, Marketplace.TAOBAO, null))
                .isEqualTo(Medium.LINK);
        assertThat(policy.recommended(Platform.XIAOHONGSHU, Scene.NOTE, Marketplace.TAOBAO, null))
                .isEqualTo(Medium.TOKEN);
        assertThat(policy.recommended(Platform.WECHAT, Scene.GROUP, Marketplace.TAOBAO, null))
                .isEqualTo(Medium.LINK);
    }

    @Provide
    Arbitrary<Ground> grounds() {
        return Combinators.combine(
                        Arbitraries.of(HostApp.WECHAT, HostApp.QQ).injectNull(0.5),
                        Arbitraries.of(Scene.GROUP, Scene.CHAT).injectNull(0.5),
                        Arbitraries.of(Os.IOS, Os.ANDROID).injectNull(0.5),
                        Arbitraries.of(Marketplace.TAOBAO, Marketplace.JD).injectNull(0.5),
                        Arbitraries.of(Medium.LINK, Medium.TOKEN).injectNull(0.5),
                        Arbitraries.of("FINANCE", "MEDICAL").injectNull(0.5))
                .as(Ground::new);
    }

    @Property
    void two_grounds_that_cover_one_question_never_weigh_the_same(
            @ForAll("grounds") Ground one, @ForAll("grounds") Ground other, @ForAll("grounds") Ground question) {
        if (!one.equals(other) && one.covers(question) && other.covers(question)) {
            assertThat(one.weight()).isNotEqualTo(other.weight());
        }
    }

    @Property
    void nothing_that_covers_a_question_and_does_not_give_way_is_stricter_than_the_answer(
            @ForAll("grounds") Ground question, @ForAll List<@net.jqwik.api.From("grounds") Ground> grounds) {
        var all = new HashSet<>(grounds);
        all.add(ANY);
        var version = new int[1];
        var rules = all.stream()
                .map(ground -> rule(++version[0], ground, version[0] % 2 == 0 ? Delivery.REDIRECT : Delivery.LANDING))
                .toList();
        var covering =
                rules.stream().filter(rule -> rule.ground().covers(question)).toList();
        var left = covering.stream()
                .filter(rule -> covering.stream()
                        .noneMatch(other -> other != rule && rule.ground().covers(other.ground())))
                .toList();
        var answer = HostAppPolicy.at(START, rules).decide(question);
        assertThat(left).contains(answer).allMatch(rule -> rule.delivery().compareTo(answer.delivery()) <= 0);
    }
}
