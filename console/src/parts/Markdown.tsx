import { blocks, runs, type Block } from '~/lib/markdown';
import './markdown.css';

/** A report as it reads on paper. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown">
      {blocks(text).map((block, i) => (
        <One key={i} block={block} />
      ))}
    </div>
  );
}

function One({ block }: { block: Block }) {
  switch (block.kind) {
    case 'heading':
      return <Heading level={block.level} text={block.text} />;
    case 'list': {
      const Tag = block.ordered ? 'ol' : 'ul';
      return (
        <Tag>
          {block.items.map((item, i) => (
            <li key={i} style={{ marginLeft: item.depth * 20 }}>
              <Line text={item.text} />
            </li>
          ))}
        </Tag>
      );
    }
    case 'table':
      return <Table head={block.head} rows={block.rows} />;
    case 'quote':
      return (
        <blockquote>
          <Line text={block.text} />
        </blockquote>
      );
    case 'code':
      return <pre>{block.text}</pre>;
    case 'rule':
      return <hr />;
    case 'text':
      return (
        <p>
          <Line text={block.text} />
        </p>
      );
  }
}

// The page has its own first heading, so that a report's begins with the second.
function Heading({ level, text }: { level: number; text: string }) {
  const Tag = level === 1 ? 'h2' : level === 2 ? 'h3' : 'h4';
  return (
    <Tag>
      <Line text={text} />
    </Tag>
  );
}

function Table({ head, rows }: { head: string[]; rows: string[][] }) {
  return (
    <table>
      <thead>
        <tr>
          {head.map((cell, i) => (
            <th key={i}>
              <Line text={cell} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => (
          <tr key={i}>
            {row.map((cell, j) => (
              <td key={j}>
                <Line text={cell} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Line({ text }: { text: string }) {
  return (
    <>
      {runs(text).map((run, i) => {
        if (run.mark === 'strong') return <strong key={i}>{run.text}</strong>;
        if (run.mark === 'code') return <code key={i}>{run.text}</code>;
        return <span key={i}>{run.text}</span>;
      })}
    </>
  );
}
