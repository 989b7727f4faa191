import type { NodeSummary } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { Html } from '../components/Html';
import { useFetched } from '../components/hooks';
import { Loaded } from '../components/Loaded';
import { QuestionView } from '../roadmap/QuestionView';
import { NodeSelect, OfNode, OfRoadmap } from './Filters';
import { NotebookView } from './NotebookView';

/** A step as a student sees it: no solutions, no hidden tests, no answers. */
export function PreviewTab() {
  return (
    <OfRoadmap>
      {(roadmap, picker) => (
        <section>
          <OfNode slug={roadmap.slug} picker={picker} wanted={() => true}>
            {(node, nodes) => (
              <>
                <div className="nx-filter">
                  {picker}
                  <NodeSelect chosen={node} nodes={nodes} />
                  <TryIt node={node} />
                </div>
                <Preview key={node.id} node={node} />
              </>
            )}
          </OfNode>
        </section>
      )}
    </OfRoadmap>
  );
}

function TryIt({ node }: { node: NodeSummary }) {
  const { host, trans } = useNexus();
  return (
    <button
      type="button"
      className="nx-button nx-filter-end"
      onClick={() => void host.open({ page: 'node', id: node.id })}
    >
      {trans.__('Try it yourself')}
    </button>
  );
}

function Preview({ node }: { node: NodeSummary }) {
  const { model, trans } = useNexus();
  const resource = useFetched(node.id, () => model.api.get(routes.preview(node.id)));
  return (
    <Loaded resource={resource} lines={8}>
      {({ node: shown, questions, notebook }) => (
        <article className="nx-preview" aria-label={trans.__('As a student sees it')}>
          <h2>{shown.title}</h2>
          {shown.content_html && <Html html={shown.content_html} />}
          {questions && (
            <ol className="nx-questions">
              {questions.map(question => (
                <QuestionView
                  key={question.id}
                  question={question}
                  answer={undefined}
                  result={null}
                  onChange={() => undefined}
                />
              ))}
            </ol>
          )}
          {notebook && <NotebookView notebook={notebook} />}
        </article>
      )}
    </Loaded>
  );
}
