import { BarChart } from 'echarts/charts';
import { BrushComponent, GridComponent, ToolboxComponent, TooltipComponent } from 'echarts/components';
import { init, use as install } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

// The brush asks for the toolbox, which is never shown.
install([BarChart, BrushComponent, GridComponent, ToolboxComponent, TooltipComponent, SVGRenderer]);

/** The chart engine with only what the console draws. */
export { init };
