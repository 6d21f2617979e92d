# What kubectl's completion needs of the package bash-completion, for machines without it.
declare -F _get_comp_words_by_ref >/dev/null || _get_comp_words_by_ref() {
  while [ $# -gt 0 ]; do
    case "$1" in
      -n) shift ;;
      cur) cur=${COMP_WORDS[COMP_CWORD]} ;;
      prev) prev=${COMP_WORDS[COMP_CWORD-1]} ;;
      words) words=("${COMP_WORDS[@]}") ;;
      cword) cword=$COMP_CWORD ;;
    esac
    shift
  done
}
declare -F __ltrim_colon_completions >/dev/null || __ltrim_colon_completions() { :; }
