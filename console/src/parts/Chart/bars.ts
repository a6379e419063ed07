import type { EChartsCoreOption } from 'echarts/core';
import { token } from '~/lib/appearance';

/** One stack of a bar chart. */
export type Series = { name: string; color: string; values: readonly number[] };

/** Bars over time in the console's look: no legend, no shadow, thin lines, figures at the left. Colours are token names. */
export function bars(
  labels: readonly string[],
  series: readonly Series[],
  options: { brush?: boolean; every?: number } = {},
): EChartsCoreOption {
  const text = { color: token('faint'), fontSize: 11, fontFamily: getComputedStyle(document.body).fontFamily };
  return {
    animation: false,
    grid: { left: 40, right: 14, top: 8, bottom: 20 },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow', shadowStyle: { color: token('sel'), opacity: 0.6 } },
      backgroundColor: token('raised'),
      borderColor: token('line-3'),
      borderWidth: 1,
      padding: [4, 8],
      textStyle: { ...text, color: token('text') },
      extraCssText: 'box-shadow:none;border-radius:2px',
      transitionDuration: 0,
    },
    xAxis: {
      type: 'category',
      data: labels,
      axisLine: { lineStyle: { color: token('line-3') } },
      axisTick: { show: false },
      axisLabel: { ...text, interval: options.every === undefined ? 'auto' : options.every - 1, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 3,
      axisLabel: text,
      splitLine: { lineStyle: { color: token('line-2') } },
    },
    ...(options.brush
      ? {
          toolbox: { show: false },
          brush: {
            xAxisIndex: 0,
            toolbox: [],
            brushStyle: { color: token('sel'), borderColor: token('text'), borderWidth: 1 },
          },
        }
      : {}),
    series: series.map((each) => ({
      type: 'bar',
      name: each.name,
      stack: 'all',
      data: each.values,
      itemStyle: { color: token(each.color) },
      barCategoryGap: '15%',
      cursor: 'pointer',
      emphasis: { disabled: true },
    })),
  };
}
