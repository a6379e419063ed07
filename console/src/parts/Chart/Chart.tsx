import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { useEffect, useEffectEvent, useRef } from 'react';

type Props = {
  label: string;
  option: EChartsCoreOption;
  height: number;
  /** A bar was clicked: its index on the axis, and the name of its series. */
  onPick?: (index: number, series: string) => void;
  /** A range of bars was dragged over: first and last index. */
  onBrush?: (first: number, last: number) => void;
};

type BrushEnd = { areas: { coordRange?: [number, number] }[] };

/** Every chart of the console. The engine is loaded when the first chart is drawn. */
export function Chart({ label, option, height, onPick, onBrush }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const brushes = onBrush !== undefined;
  const pick = useEffectEvent((index: number, series: string) => onPick?.(index, series));
  const brush = useEffectEvent((first: number, last: number) => onBrush?.(first, last));
  const draw = useEffectEvent(() => {
    chart.current?.setOption(option, { notMerge: true });
    if (!brushes) return;
    chart.current?.dispatchAction({
      type: 'takeGlobalCursor',
      key: 'brush',
      brushOption: { brushType: 'lineX', brushMode: 'single' },
    });
  });

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let gone = false;
    const watch = new ResizeObserver(() => chart.current?.resize());
    void import('./engine').then(({ init }) => {
      if (gone) return;
      const made = init(element, undefined, { renderer: 'svg' });
      made.on('click', (event) => pick(event.dataIndex, event.seriesName ?? ''));
      made.on('brushEnd', (event) => {
        const range = (event as BrushEnd).areas[0]?.coordRange;
        if (!range) return;
        made.dispatchAction({ type: 'brush', areas: [] });
        brush(Math.min(...range), Math.max(...range));
      });
      chart.current = made;
      watch.observe(element);
      draw();
    });
    return () => {
      gone = true;
      watch.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => draw(), [option]);

  return <div ref={box} role="img" aria-label={label} style={{ height, width: '100%' }} />;
}
