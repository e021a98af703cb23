"""The monitor itself: does it keep up, can it be trusted, what does it cost?"""

from __future__ import annotations

from dashboards import words
from dashboards.model import Board, Colour, Course, Lines, Panel, Query, Row, Stat
from monitor.language import Phrase

_JOB = '{job="sharpeyes"}'


def _worst(width: int, title: Phrase, description: Phrase, expr: str, colour: Colour) -> Panel:
    """A number that should be nought; the colour is for when it is not."""
    queries = (Query(f"({expr}) > 0", colour=colour), Query(f"({expr}) == 0", colour=Colour.GOOD))
    return Panel(width, title, description, Stat(), queries, words.NUMBER)


def _percentiles(histogram: str) -> tuple[Query, ...]:
    rate = f"sum by (le) (rate(sharpeyes_{histogram}_seconds_bucket[$__rate_interval]))"
    return tuple(
        Query(f"histogram_quantile({share}, {rate})", Phrase(f"{name}", f"{name}"))
        for share, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
    )


_UP = Panel(
    4,
    Phrase("程序", "Process"),
    Phrase("Prometheus 能否取到数据。", "Whether Prometheus gets figures from it."),
    Stat("name"),
    (
        Query(f"min(up{_JOB}) == 0 or absent(up{_JOB})", Phrase("停运", "stopped"), Colour.BAD),
        Query(f"min(up{_JOB}) == 1", Phrase("运行", "running"), Colour.GOOD),
    ),
    words.NUMBER,
)
_VERSION = Panel(
    4,
    Phrase("版本", "Version"),
    Phrase("运行中的版本。", "The version that runs."),
    Stat("name"),
    (Query("max by (version) (sharpeyes_build_info)", Phrase("{{version}}", "{{version}}"), Colour.PLAIN),),
    words.NUMBER,
)
_CONFIG = Panel(
    4,
    Phrase("配置", "Settings"),
    Phrase("最近一次加载；失败时仍按旧配置运行。", "The last load; after a failure the old settings stay in force."),
    Stat("name"),
    (
        Query("min(sharpeyes_config_last_reload_successful) == 0", Phrase("加载失败", "refused"), Colour.BAD),
        Query("min(sharpeyes_config_last_reload_successful) == 1", Phrase("已加载", "taken"), Colour.GOOD),
    ),
    words.NUMBER,
)
_CHECKS = Panel(
    18,
    Phrase("自检", "Self-checks"),
    Phrase(
        "监测端自身的网络等；异常期间不判摄像机离线。",
        "The monitor's own surroundings; while one fails no camera is called down.",
    ),
    Course(words.HEALTH, words.CHECKS),
    (Query("min by (check) (sharpeyes_selfcheck_up)", Phrase("{{check}}", "{{check}}")),),
    words.NUMBER,
    nothing=Phrase("未设自检", "no self-check is set up"),
)
_PACE = Panel(
    12,
    Phrase("每秒检测数", "Probes a second"),
    Phrase("完成的与失败的。", "Finished, and failed."),
    Lines(),
    (
        Query("sum(rate(sharpeyes_probes_total[$__rate_interval]))", Phrase("完成", "finished"), Colour.PLAIN),
        Query("sum(rate(sharpeyes_probe_failures_total[$__rate_interval]))", Phrase("失败", "failed"), Colour.BAD),
    ),
    words.PER_SECOND,
)
_CAUSES = Panel(
    12,
    Phrase("失败原因", "Why probes fail"),
    Phrase(
        "每秒失败数，按原因叠加；含义见 docs/causes.md。", "Failures a second, stacked by cause; see docs/causes.md."
    ),
    Lines("stack", words.REASONS),
    (
        Query(
            "sum by (cause) (rate(sharpeyes_probe_failures_total[$__rate_interval])) > 0",
            Phrase("{{cause}}", "{{cause}}"),
        ),
    ),
    words.PER_SECOND,
)
_LATE = Panel(
    8,
    Phrase("检测晚点", "How late probes begin"),
    Phrase(
        "应检时刻到开始之间；持续变大即跟不上。",
        "From when they are due to when they begin; growing: it does not keep up.",
    ),
    Lines(),
    _percentiles("scheduler_lateness"),
    words.SECONDS,
)
_LAG = Panel(
    8,
    Phrase("事件循环延迟", "Lag of the event loop"),
    Phrase("程序让其他任务等了多久。", "How long the event loop kept others waiting."),
    Lines(),
    _percentiles("loop_lag"),
    words.SECONDS,
)
_TOOK = Panel(
    8,
    Phrase("检测耗时", "How long probes take"),
    Phrase("含等待设备应答。", "Waiting for the device included."),
    Lines(),
    _percentiles("probe_duration"),
    words.SECONDS,
)
_FLIGHT = Panel(
    8,
    Phrase("进行中与逾期", "In flight and overdue"),
    Phrase("进行中的检测；应检未检的摄像机。", "Probes under way; cameras whose probe is overdue."),
    Lines(),
    (
        Query("sum(sharpeyes_probes_in_flight)", Phrase("进行中", "in flight"), Colour.PLAIN),
        Query("sum(sharpeyes_cameras_overdue)", Phrase("逾期", "overdue"), Colour.BAD),
    ),
    words.NUMBER,
)
_TRAFFIC = Panel(
    8,
    Phrase("检测流量", "Traffic of watching"),
    Phrase("检测占用线路的带宽。", "What watching costs the lines."),
    Lines(),
    (
        Query(
            "8 * sum(rate(sharpeyes_probe_received_bytes_total[$__rate_interval]))",
            Phrase("下行", "received"),
            Colour.PLAIN,
        ),
    ),
    words.BITS_PER_SECOND,
)
_DECODES = Panel(
    8,
    Phrase("画面解码", "Pictures looked at"),
    Phrase(
        "每秒解码的关键帧，按缘由叠加；见 docs/probing.md。",
        "Key frames decoded a second, by why; see docs/probing.md.",
    ),
    Lines("stack", words.LOOKS),
    (Query("sum by (reason) (rate(sharpeyes_decodes_total[$__rate_interval]))", Phrase("{{reason}}", "{{reason}}")),),
    words.PER_SECOND,
)
_MEMORY = Panel(
    8,
    Phrase("内存", "Memory"),
    Phrase("监测进程常驻内存。", "Resident memory of the monitor."),
    Lines(),
    (Query(f"sum(process_resident_memory_bytes{_JOB})", Phrase("常驻", "resident"), Colour.PLAIN),),
    words.BYTES,
)
_CPU = Panel(
    8,
    Phrase("处理器", "Processor"),
    Phrase("监测进程占用的核数。", "Cores the monitor uses."),
    Lines(),
    (Query(f"sum(rate(process_cpu_seconds_total{_JOB}[$__rate_interval]))", Phrase("占用", "used"), Colour.PLAIN),),
    words.CORES,
)
_SCRAPE = Panel(
    8,
    Phrase("取数耗时", "How long a scrape takes"),
    Phrase("Prometheus 取一次数，其中程序写出数据。", "A scrape by Prometheus, and the writing of figures within it."),
    Lines(),
    (
        Query(f"max(scrape_duration_seconds{_JOB})", Phrase("取数", "scrape"), Colour.PLAIN),
        Query("max(sharpeyes_exposition_render_seconds)", Phrase("写出", "writing"), Colour.NEAR),
    ),
    words.SECONDS,
)

MONITOR = Board(
    words.MONITOR,
    Phrase("雪亮工程 · 监测程序", "Sharp Eyes · The monitor"),
    Phrase("监测程序跟得上吗，可信吗，占用多少？", "Does the monitor keep up, can it be trusted, what does it cost?"),
    "now-6h",
    (
        Row(
            4,
            (
                _UP,
                _VERSION,
                _CONFIG,
                _worst(
                    4,
                    Phrase("逾期的摄像机", "Overdue cameras"),
                    Phrase("应检未检的摄像机。", "Cameras whose probe is overdue."),
                    "sum(sharpeyes_cameras_overdue)",
                    Colour.NEAR,
                ),
                _worst(
                    4,
                    Phrase("台账写入错误（1 天）", "Failed writes to the record (1 day)"),
                    Phrase("磁盘满、只读或被占用。", "Disk full, read-only, locked."),
                    "round(sum(increase(sharpeyes_ledger_write_errors_total[1d])))",
                    Colour.BAD,
                ),
                _worst(
                    4,
                    Phrase("暂停的账号", "Accounts paused"),
                    Phrase(
                        "设备拒绝后暂不再试的账号，免得锁定。",
                        "Accounts not offered again for a while, so that no device locks them.",
                    ),
                    "sum(sharpeyes_credentials_paused)",
                    Colour.NEAR,
                ),
            ),
        ),
        Row(
            3,
            (
                _CHECKS,
                _worst(
                    6,
                    Phrase("退出的检测进程（1 天）", "Probing processes lost (1 day)"),
                    Phrase(
                        "自行退出、已另起的检测进程。",
                        "Probing processes that ended by themselves and were started anew.",
                    ),
                    "round(sum(increase(sharpeyes_workers_lost_total[1d])))",
                    Colour.NEAR,
                ),
            ),
        ),
        Row(7, (_PACE, _CAUSES)),
        Row(6, (_LATE, _LAG, _TOOK)),
        Row(6, (_FLIGHT, _TRAFFIC, _DECODES)),
        Row(6, (_MEMORY, _CPU, _SCRAPE)),
    ),
)
