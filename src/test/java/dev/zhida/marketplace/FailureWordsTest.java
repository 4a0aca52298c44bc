package dev.zhida.marketplace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.marketplace.MarketplaceFailure.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureWordsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "请求时间戳已过期;PLATFORM",
                "timestamp expired, the range is 10 minutes;PLATFORM",
                "与服务器时间相差超过10分钟;PLATFORM",
                "系统处理时间过长;PLATFORM",
                "服务响应时间超时;PLATFORM",
                "request timed out;PLATFORM",
                "时间间隔过短,请降低频率;THROTTLED",
                "rate limit window exceeded;THROTTLED",
                "请求过于频繁;THROTTLED",
                "call limit;THROTTLED",
                "查询时间跨度过长;WINDOW_TOO_LONG",
                "时间过长;WINDOW_TOO_LONG",
                "时间戳跨度不能超过24小时;WINDOW_TOO_LONG",
                "查询时间跨度超过限制;WINDOW_TOO_LONG",
                "开始时间和结束时间间隔不能大于3小时;WINDOW_TOO_LONG",
                "the time range exceeds the limit;WINDOW_TOO_LONG",
                "time span is too long;WINDOW_TOO_LONG",
                "查询时间已过;CALLER",
                "只能查询最近90天的订单;TOO_LATE",
                "access_token已过期;NOT_AUTHORISED",
                "签名错误;NOT_AUTHORISED",
                "invalid parameter;CALLER",
                "说不清;CALLER"
            })
    void words_say_what_to_do(String words, Kind kind) {
        assertThat(FailureWords.kind(words, Kind.CALLER)).isEqualTo(kind);
    }
}
